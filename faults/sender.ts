import { setTimeout as pause } from 'node:timers/promises';
import type { JsonObject } from '../src/domain/json';
import type { LoadCustomer, LoadEvent } from './load';
import { seeded, type Random } from './random';

export interface SenderSettings {
  /** Where the API is reached. */
  readonly url: string;
  readonly writeKey: string;
  readonly adminKey: string;
  /** The client's own clock, which may be wrong. */
  readonly now: () => number;
}

/** A client of the API that keeps a ledger of what was answered with 200. */
export interface Sender {
  /** The events answered with 200, in the order of their answers for each customer. */
  readonly accepted: ReadonlyMap<string, readonly LoadEvent[]>;
  readonly acceptedCount: number;
  /** How many requests were retried. */
  readonly retries: number;
  /** Sends the customers' traits and consents. */
  introduce(customers: readonly LoadCustomer[]): Promise<void>;
  /** Sends the customers' events, spread over a duration. */
  send(customers: readonly LoadCustomer[], settings: SendSettings): Promise<void>;
}

export interface SendSettings {
  readonly seed: number;
  readonly overMs: number;
  /** The maximum share of events that may have been sent by now. */
  readonly allowed: () => number;
}

const CLIENTS = 8;
const MAX_BATCH_EVENTS = 12;
const ANSWER_MS = 10_000;
const AGAIN_MS = 250;
const ALLOWED_MS = 100;

/**
 * Sends like a careful client: what was not answered with 200 is retried with the same messageId, after
 * the Retry-After of the server, and a customer's next event waits until then.
 */
export function createSender(settings: SenderSettings): Sender {
  const accepted = new Map<string, LoadEvent[]>();
  let acceptedCount = 0;
  let retries = 0;

  async function insist(method: string, path: string, key: string, body: () => JsonObject) {
    for (;;) {
      const answer = await ask(method, path, key, body()).catch(() => undefined);
      if (answer?.status === 200) return answer.body;
      if (answer !== undefined && answer.status < 500 && ![408, 429].includes(answer.status)) {
        throw new Error(
          `${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}; expected 200 or a reason to send it again.`,
        );
      }
      retries += 1;
      await pause(answer?.retryAfterMs ?? AGAIN_MS);
    }
  }

  async function ask(method: string, path: string, key: string, body: JsonObject) {
    const response = await fetch(`${settings.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    return {
      status: response.status,
      body: (await response.json()) as { readonly success?: boolean },
      ...(Number.isFinite(seconds) && { retryAfterMs: seconds * 1000 }),
    };
  }

  async function post(events: readonly LoadEvent[]): Promise<void> {
    const [first] = events;
    if (first === undefined) return;
    const sentAt = () => new Date(settings.now()).toISOString();
    const answer =
      events.length === 1
        ? await insist('POST', `/v1/${first.type}`, settings.writeKey, () => {
            return { ...callOf(first, settings.now()), sentAt: sentAt() };
          })
        : await insist('POST', '/v1/batch', settings.writeKey, () => {
            const batch = events.map((event) => callOf(event, settings.now()));
            return { batch, sentAt: sentAt() };
          });
    if (answer.success !== true) {
      throw new Error(`Events were refused: ${JSON.stringify(answer)}; expected all to be taken.`);
    }
    for (const event of events) {
      const list = accepted.get(event.userId) ?? [];
      accepted.set(event.userId, [...list, event]);
      acceptedCount += 1;
    }
  }

  return {
    accepted,
    get acceptedCount() {
      return acceptedCount;
    },
    get retries() {
      return retries;
    },
    async introduce(customers) {
      for (let at = 0; at < customers.length; at += 100) {
        await post(customers.slice(at, at + 100).map(({ identify }) => identify));
      }
      await inTurns(
        customers.filter(({ subscribed }) => subscribed),
        CLIENTS,
        async (customer) => {
          const consent = { channel: 'email', purpose: 'offers', state: 'subscribed' };
          const path = `/v1/customers/${customer.userId}/consents`;
          await insist('PUT', path, settings.adminKey, () => consent);
        },
      );
    },
    async send(customers, { seed, overMs, allowed }) {
      const start = performance.now();
      // A customer belongs to one client, so that their events stay in order.
      const shares = Array.from({ length: CLIENTS }, (_, at) =>
        customers.filter((_each, index) => index % CLIENTS === at),
      );
      await Promise.all(
        shares.map(async (share, client) => {
          const random = seeded(seed * 1000 + client);
          const line = mixed(share, random);
          for (let sent = 0; sent < line.length;) {
            const due = start + (sent / line.length) * overMs;
            await pause(Math.max(0, due - performance.now()));
            while (sent / line.length > allowed()) await pause(ALLOWED_MS);
            const size = random.chance(0.5) ? 1 : random.between(2, MAX_BATCH_EVENTS);
            const events = line.slice(sent, sent + size);
            await post(events);
            sent += events.length;
          }
        }),
      );
    },
  };
}

function callOf(event: LoadEvent, now: number): JsonObject {
  const { messageId, userId, type, name, properties } = event;
  return {
    type,
    messageId,
    userId,
    timestamp: new Date(now).toISOString(),
    ...(type === 'identify' ? { traits: properties } : { event: name, properties }),
  };
}

/** Interleaves the events of customers, keeping the order of each customer. */
function mixed(customers: readonly LoadCustomer[], random: Random): readonly LoadEvent[] {
  const open = customers.map(({ events }) => ({ events, next: 0 })).filter(hasMore);
  const line: LoadEvent[] = [];
  // A few customers at a time, so that a customer's events are close enough to be batched.
  while (open.length > 0) {
    const at = random.between(0, Math.min(open.length, 10) - 1);
    const one = open[at];
    if (one === undefined) break;
    line.push(one.events[one.next++] as LoadEvent);
    if (!hasMore(one)) open.splice(at, 1);
  }
  return line;
}

function hasMore(one: { readonly events: readonly LoadEvent[]; readonly next: number }): boolean {
  return one.next < one.events.length;
}

async function inTurns<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const turn = async () => {
    for (let at = next++; at < items.length; at = next++) await work(items[at] as T);
  };
  await Promise.all(Array.from({ length: width }, turn));
}
