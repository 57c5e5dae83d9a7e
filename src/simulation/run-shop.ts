import { xoroshiro128plus } from 'pure-rand';
import type { TimeSkippingSystem } from '../testing/time-skipping-system';
import { uniform } from './synthetic-shop';
import { DAY_MS, HOUR_MS, type Shop, type ShopEvent } from './shop';

export interface RunShopDeps {
  readonly system: TimeSkippingSystem;
  readonly url: string;
  readonly keys: { readonly write: string; readonly admin: string };
  readonly seed: number;
  /** Called with the number of events sent so far, and the day of the shop. */
  readonly onProgress: (sent: number, day: number) => void;
}

/** How long the simulation continues after the last event, so that running journeys end. */
const TAIL_MS = 150 * DAY_MS;

/**
 * Sends a shop's events through the API, each when the time-skipping server has reached its time.
 * Events within one hour are one batch. Customers are created, and subscribe, with their first event.
 */
export async function runShop(shop: Shop, deps: RunShopDeps): Promise<void> {
  const { system } = deps;
  const start = system.clock.now().getTime();
  const customers = new Map(shop.customers.map((customer) => [customer.userId, customer]));
  const react = createReactions(shop.clickRate, deps);
  let sent = 0;
  for (const batch of byHour(shop.events)) {
    await passUntil(system, start + (batch[0]?.at ?? 0), react);
    const newcomers = [...new Set(batch.map(({ userId }) => userId))]
      .map((userId) => customers.get(userId))
      .filter((customer) => customer !== undefined);
    for (const { userId } of newcomers) customers.delete(userId);
    const now = system.clock.now().getTime();
    await post(deps, '/v1/batch', {
      batch: newcomers.map(({ userId, email }) => {
        return { type: 'identify', userId, traits: { email }, messageId: `identify-${userId}` };
      }),
    });
    for (const { userId, topics } of newcomers) {
      const consents = topics.map((purpose) => ({
        channel: 'email',
        purpose,
        state: 'subscribed',
        source: 'demo',
      }));
      if (consents.length > 0) {
        await put(deps, `/v1/customers/user_id:${userId}/consents`, { consents });
      }
    }
    await post(deps, '/v1/batch', {
      batch: batch.map((each) => ({
        type: 'track',
        userId: each.userId,
        event: each.event,
        properties: dated(each, start),
        timestamp: new Date(now).toISOString(),
        messageId: `${each.userId}-${each.event}-${each.at}`,
      })),
    });
    sent += batch.length;
    deps.onProgress(sent, Math.floor((batch[0]?.at ?? 0) / DAY_MS));
  }
  const end = system.clock.now().getTime() + TAIL_MS;
  while (system.clock.now().getTime() < end) {
    const now = system.clock.now().getTime();
    await passUntil(system, Math.min(end, now + 10 * DAY_MS), react);
    deps.onProgress(sent, Math.floor((now - start) / DAY_MS));
  }
}

async function passUntil(
  system: TimeSkippingSystem,
  until: number,
  react: () => Promise<void>,
): Promise<void> {
  const left = until - system.clock.now().getTime();
  if (left > 0) await system.pass(left);
  await react();
}

/** Customers of a synthetic shop click some of their messages; recorded customers do not. */
function createReactions(clickRate: number, deps: RunShopDeps): () => Promise<void> {
  if (clickRate === 0) return () => Promise.resolve();
  const random = uniform(xoroshiro128plus(deps.seed + 1));
  let seen = '';
  return async () => {
    const rows = await deps.system.services.db
      .selectFrom('messages')
      .select(['id', 'customer_id'])
      .where('id', '>', seen)
      .where('status', '=', 'sent')
      .orderBy('id')
      .execute();
    seen = rows.at(-1)?.id ?? seen;
    const clicked = rows.filter(() => random() < clickRate);
    if (clicked.length === 0) return;
    await post(deps, '/v1/batch', {
      batch: clicked.map(({ id }) => ({
        type: 'track',
        event: 'Message Clicked',
        properties: { message_id: id },
        messageId: `click-${id}`,
      })),
    });
    await deps.system.relayed();
  };
}

function dated({ properties, at }: ShopEvent, start: number): Readonly<Record<string, unknown>> {
  const { starts_in: startsIn, ...rest } = properties;
  if (typeof startsIn !== 'number') return properties;
  return { ...rest, starts_at: new Date(start + at + startsIn).toISOString() };
}

function* byHour(events: readonly ShopEvent[]): Generator<readonly ShopEvent[]> {
  let batch: ShopEvent[] = [];
  for (const event of events) {
    const first = batch[0];
    if (first !== undefined && (event.at - first.at >= HOUR_MS || batch.length >= 500)) {
      yield batch;
      batch = [];
    }
    batch.push(event);
  }
  if (batch.length > 0) yield batch;
}

function post(deps: RunShopDeps, path: string, body: object): Promise<void> {
  return send(deps, 'POST', path, body, deps.keys.write);
}

function put(deps: RunShopDeps, path: string, body: object): Promise<void> {
  return send(deps, 'PUT', path, body, deps.keys.admin);
}

async function send(
  deps: RunShopDeps,
  method: string,
  path: string,
  body: object,
  key: string,
): Promise<void> {
  const response = await fetch(`${deps.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { errors?: readonly unknown[] };
  if (!response.ok || (answer.errors?.length ?? 0) > 0) {
    throw new Error(
      `${method} ${path} answered ${response.status}: ${JSON.stringify(answer).slice(0, 400)}`,
    );
  }
}
