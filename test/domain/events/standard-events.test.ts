import { standardEvents } from '../../../src/domain/events';
import { engineEvents } from '../../../src/domain/events/engine';
import { journeyProperties } from '../../../src/domain/events/journey-properties';
import { shopEvents } from '../../../src/workflows/events';
import { segmentExamples } from './segment-examples';

/** Everything that the sample shop knows. */
const events = { ...standardEvents, ...engineEvents, ...shopEvents };

type KnownEvent = keyof typeof events;

const valid = (name: KnownEvent, properties: unknown): boolean =>
  events[name].safeParse(properties).success;

const isKnown = (name: unknown): name is KnownEvent =>
  typeof name === 'string' && Object.hasOwn(events, name);

describe('the events of the standard vocabularies, the engine and the sample shop', () => {
  it('finds every example of Segment’s vocabularies valid', () => {
    const invalid = segmentExamples()
      .filter(({ payload: { event, properties } }) =>
        isKnown(event) ? !valid(event, properties ?? {}) : false,
      )
      .map(({ source }) => source.replace(/:\d+$/, ''));
    expect(invalid).toEqual([]);
  });

  it('keeps a value as it was sent, and properties that nobody declared', () => {
    const properties = { order_id: 'o-1', total: 27.5, gift_wrap: true, coupon: null };
    expect(events['Order Completed'].parse(properties)).toEqual(properties);
  });

  it.each<[KnownEvent, unknown]>([
    ['Order Completed', { order_id: '' }],
    ['Order Completed', { order_id: 'o-1', total: 'a lot' }],
    ['Cart Updated', { value: 3 }],
    ['Appointment Booked', { appointment_id: 'a-1', starts_at: 'tomorrow' }],
    ['Appointment Booked', { appointment_id: 'a-1', starts_at: '2026-03-10T12:00' }],
    ['Subscription Confirmed', { topic: 'offers', channel: 'pigeon' }],
    ['Message Clicked', { url: 'https://example.com' }],
    ['Task Completed', { task_id: 't-1' }],
  ])('finds %s with %j invalid', (name, properties) => {
    expect(valid(name, properties)).toBe(false);
  });

  it.each<[KnownEvent, unknown]>([
    ['Appointment Booked', { appointment_id: 'a-1', starts_at: '2026-03-10T12:00:00+01:00' }],
    ['Appointment Rescheduled', { appointment_id: 'a-1', starts_at: '2026-03-10T12:00:00.000Z' }],
    ['Cart Updated', { cart_id: 'c-1', products: [{ product_id: 7, price: '3.00' }] }],
    ['Order Completed', {}],
    ['Subscription Requested', { topic: 'offers' }],
    ['Message Sent', { message_id: 'm-1', channel: 'email' }],
    ['Task Completed', { task_id: 't-1', outcome: 'reached' }],
    ['Application Opened', {}],
  ])('finds %s with %j valid', (name, properties) => {
    expect(valid(name, properties)).toBe(true);
  });

  it('keeps names and addresses of people out of journeys', () => {
    const secret = 'pgibbons@example.com';
    const names = 'email|phone|name|first_name|last_name|username|recipient|share_message|text';
    const more = 'review_body|invitee_email|invitee_first_name|invitee_last_name|account_name';
    const personalNames = new Set(`${names}|${more}`.split('|'));
    // Here `name` is a product's or a promotion's.
    const aboutThings = /^(?:Product|Promotion|Wishlist)/;
    for (const [event, schema] of Object.entries(events)) {
      const sent = Object.fromEntries(Object.keys(schema.shape).map((key) => [key, secret]));
      const leaked = Object.keys(journeyProperties(schema, sent))
        .filter((key) => personalNames.has(key))
        .filter((key) => !(key === 'name' && aboutThings.test(event)));
      expect({ event, leaked }).toEqual({ event, leaked: [] });
    }
  });
});
