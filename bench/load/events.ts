import { randomUUID } from 'node:crypto';

/**
 * What an event means to the customers that it is sent for:
 * - `unwanted`: to no journey anything, as most events of a shop
 * - `signals`: something that an enrollment waits for
 * - `starts`: an entry into a journey
 * - `books`, `reacts`: an entry into the reactor journey, and what it reacts to
 * - `installs`, `opens`: an entry into the parked journey, and what it waits for
 * - `signs-up`, `tries`: an entry into the journey of one message, and of two
 */
export type EventKind =
  | 'unwanted'
  | 'signals'
  | 'starts'
  | 'books'
  | 'reacts'
  | 'installs'
  | 'opens'
  | 'signs-up'
  | 'tries';

export interface Population {
  /** The user ids are the prefix and a number from 0. */
  readonly prefix: string;
  readonly size: number;
}

/** The JSON of one track call, as a Segment client sends it; each has a messageId of its own. */
export function trackCall(kind: EventKind, userId: string): string {
  const [event, properties] = eventOf(kind);
  return (
    `{"type":"track","messageId":"${randomUUID()}","userId":"${userId}","event":"${event}",` +
    `"properties":${properties},"context":{"library":{"name":"analytics-node","version":"3.1.0"},` +
    `"locale":"en","timezone":"Europe/Berlin"},"timestamp":"${new Date().toISOString()}"}`
  );
}

function eventOf(kind: EventKind): readonly [event: string, properties: string] {
  switch (kind) {
    case 'unwanted':
      return [
        'Product Viewed',
        '{"product_id":"sku-2041","name":"Linen shirt","category":"shirts","price":49.9,' +
          '"currency":"EUR","quantity":1,"url":"https://shop.example/products/linen-shirt"}',
      ];
    case 'signals':
      return [
        'Order Completed',
        `{"order_id":"${randomUUID()}","total":49.9,"revenue":42.1,"currency":"EUR",` +
          '"products":[{"product_id":"sku-2041","name":"Linen shirt","price":49.9,"quantity":1}]}',
      ];
    case 'books':
      return [
        'Appointment Booked',
        '{"appointment_id":"a-1","starts_at":"2030-01-01T10:00:00Z","service":"fitting"}',
      ];
    case 'reacts':
      return [
        'Appointment Rescheduled',
        '{"appointment_id":"a-1","starts_at":"2030-01-02T10:00:00Z"}',
      ];
    case 'installs':
      return ['Application Installed', '{"version":"1.2.3","build":"1230"}'];
    case 'opens':
      return ['Application Opened', '{"from_background":false,"version":"1.2.3","build":"1230"}'];
    case 'signs-up':
      return ['Signed Up', '{"type":"organic"}'];
    case 'tries':
      return ['Trial Started', '{"trial_plan_name":"basic"}'];
    case 'starts':
      return [
        'Cart Updated',
        `{"cart_id":"${randomUUID()}","value":49.9,"currency":"EUR",` +
          '"products":[{"product_id":"sku-2041","name":"Linen shirt","price":49.9,"quantity":1}]}',
      ];
  }
}

export function identifyCall(userId: string): string {
  return (
    `{"type":"identify","messageId":"${randomUUID()}","userId":"${userId}",` +
    `"traits":{"email":"${userId}@customers.example","first_name":"Ada"},` +
    `"timestamp":"${new Date().toISOString()}"}`
  );
}

export function batchOf(calls: readonly string[]): string {
  return `{"batch":[${calls.join(',')}]}`;
}
