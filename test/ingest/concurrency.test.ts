import { sql } from 'kysely';
import type { Services } from '../../src/compose';
import type { RawCall } from '../../src/ingest/incoming';
import { subscribeToEvents } from '../../src/events/event-subscriptions';
import { until } from '../support/engine';
import { composeServices, type TestServices } from '../support/services';

/** Three composed processes on one database, as three API processes would be. */
let composed: TestServices;

beforeAll(async () => {
  composed = await composeServices({ maxConnections: 8 }, 3);
});
afterAll(() => composed.close());

const db = () => composed.processes[0].db;
const accept = (at: number, calls: readonly RawCall[]) =>
  (composed.processes[at % 3] as Services).ingest.accept(calls);

function track(userId: string, event: string, properties: object, messageId?: string): RawCall {
  return { type: 'track', index: 0, body: { userId, event, properties, messageId } };
}

it('creates one enrollment and one customer from 100 concurrent identical triggers', async () => {
  const results = await Promise.all(
    Array.from({ length: 100 }, (_, at) =>
      accept(at, [track('one', 'Cart Updated', { cart_id: 'c' })]),
    ),
  );
  expect(results.every(({ accepted, errors }) => accepted === 1 && errors.length === 0)).toBe(true);
  const enrollments = await db()
    .selectFrom('enrollments')
    .selectAll()
    .where('journey', '=', 'abandonedCart')
    .execute();
  expect(enrollments).toHaveLength(1);
  expect(await db().selectFrom('customers').select('id').execute()).toHaveLength(1);
  const starts = await db().selectFrom('outbox').select('id').where('kind', '=', 'start').execute();
  expect(starts).toHaveLength(1);
});

it('applies 1,000 events once that are sent twice, in shuffled order', async () => {
  const customers = Array.from({ length: 50 }, (_, at) => `shuffled-${at}`);
  const events = Array.from({ length: 1000 }, (_, at) => {
    const customer = customers[at % customers.length] as string;
    return track(customer, 'Order Completed', { order_id: `order-${at}` }, `message-${at}`);
  });
  const twice = shuffle([...events, ...events], 7);
  let accepted = 0;
  let duplicates = 0;
  // Single events and batches, by eight concurrent writers.
  const batches: RawCall[][] = [];
  while (twice.length > 0) batches.push(twice.splice(0, 1 + (batches.length % 9)));
  await inParallel(batches, 8, async (batch, at) => {
    const result = await accept(at, batch);
    accepted += result.accepted;
    duplicates += result.duplicates;
  });
  expect({ accepted, duplicates }).toEqual({ accepted: 1000, duplicates: 1000 });
  const { count } = await db()
    .selectFrom('events')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('name', '=', 'Order Completed')
    .executeTakeFirstOrThrow();
  expect(count).toBe(1000);
  const confirmations = await db()
    .selectFrom('enrollments')
    .select('key')
    .where('journey', '=', 'orderConfirmation')
    .execute();
  expect(new Set(confirmations.map(({ key }) => key)).size).toBe(1000);
  expect(confirmations).toHaveLength(1000);
});

it('gives each of a customer’s events a unique sequence number, in the order of the outbox', async () => {
  const rows = await db()
    .selectFrom('events')
    .select(['customer_id', 'seq'])
    .orderBy('customer_id')
    .orderBy('seq')
    .execute();
  const byCustomer = new Map<string, number[]>();
  for (const { customer_id, seq } of rows) {
    byCustomer.set(customer_id ?? '', [...(byCustomer.get(customer_id ?? '') ?? []), seq ?? 0]);
  }
  for (const seqs of byCustomer.values()) {
    expect(new Set(seqs).size).toBe(seqs.length);
  }
  const signals = await db()
    .selectFrom('outbox')
    .select(['enrollment_id', 'payload'])
    .where('kind', '=', 'signal')
    .orderBy('id')
    .execute();
  const last = new Map<string, number>();
  for (const { enrollment_id, payload } of signals) {
    const seq = (payload as { seq?: number }).seq ?? 0;
    expect(seq).toBeGreaterThan(last.get(enrollment_id) ?? 0);
    last.set(enrollment_id, seq);
  }
  expect(signals.length).toBeGreaterThan(0);
});

it('loses no event that is stored while a journey first subscribes to its name', async () => {
  await accept(0, [track('asker', 'Cart Updated', { cart_id: 'asked' })]);
  const enrollment = await db()
    .selectFrom('enrollments')
    .select(['id', 'customer_id'])
    .where('key', '=', 'asked')
    .executeTakeFirstOrThrow();
  for (let round = 0; round < 15; round++) {
    const name = `Odd Event ${round}`;
    const post = (at: number) => accept(at, [track('asker', name, {}, `${name}-${at}`)]);
    const [missed] = await Promise.all([
      composed.processes[0].engineActivities.subscribe({
        enrollmentId: enrollment.id,
        customerId: enrollment.customer_id,
        names: [name],
      }),
      ...Array.from({ length: 12 }, (_, at) => post(at)),
    ]);
    const stored = await db()
      .selectFrom('events')
      .select('id')
      .where('name', '=', name)
      .orderBy('id')
      .execute();
    const told = await sql<{ id: string }>`
      select payload->'event'->>'id' as id from outbox
      where enrollment_id = ${enrollment.id} and payload->'event'->>'name' = ${name}`.execute(db());
    const known = [...missed.map(({ id }) => id), ...told.rows.map(({ id }) => id)];
    expect(known.toSorted()).toEqual(stored.map(({ id }) => id));
    expect(stored).toHaveLength(12);
  }
});

it('signals a journey about an event that was stored only after the journey had subscribed', async () => {
  await accept(0, [track('waiting asker', 'Cart Updated', { cart_id: 'waited for' })]);
  const { id } = await db()
    .selectFrom('enrollments')
    .select('id')
    .where('key', '=', 'waited for')
    .executeTakeFirstOrThrow();
  const name = 'Asked For Meanwhile';
  let storing: Promise<unknown> | undefined;
  await db()
    .transaction()
    .execute(async (tx) => {
      await subscribeToEvents(tx, [name]);
      await tx
        .updateTable('enrollments')
        .set({ subscriptions: [name] })
        .where('id', '=', id)
        .execute();
      storing = accept(0, [track('waiting asker', name, {})]);
      // It has read the subscriptions already, and waits for the lock on the name.
      await until('the wait for the name', async () => {
        const { rows } = await sql`
          select from pg_locks where locktype = 'advisory' and not granted`.execute(db());
        return rows.length > 0;
      });
    });
  await storing;
  const told = await sql<{ name: string }>`
    select payload->'event'->>'name' as name from outbox
    where enrollment_id = ${id} and kind = 'signal'`.execute(db());
  expect(told.rows).toEqual([{ name }]);
});

it('resolves identities correctly while anonymous visitors log in concurrently', async () => {
  const visitors = Array.from({ length: 20 }, (_, at) => at);
  await inParallel(
    visitors.flatMap((at) => [
      { anonymousId: `anon-${at}` },
      { anonymousId: `anon-${at}`, userId: `known-${at}` },
      { userId: `known-${at}` },
      { anonymousId: `anon-${at}` },
    ]),
    8,
    async (ids, at) => {
      await accept(at, [{ type: 'track', index: 0, body: { ...ids, event: 'Product Viewed' } }]);
    },
  );
  const rows = await db()
    .selectFrom('identifiers')
    .select(['kind', 'value', 'customer_id'])
    .where((where) =>
      where.or([where('value', 'like', 'anon-%'), where('value', 'like', 'known-%')]),
    )
    .execute();
  expect(rows).toHaveLength(40);
  const known = rows.filter(({ kind }) => kind === 'user_id');
  expect(new Set(known.map(({ customer_id }) => customer_id)).size).toBe(20);
});

function shuffle<T>(items: T[], seed: number): T[] {
  let state = seed;
  for (let at = items.length - 1; at > 0; at--) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const other = state % (at + 1);
    [items[at], items[other]] = [items[other] as T, items[at] as T];
  }
  return items;
}

async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T, at: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let at = next++; at < items.length; at = next++) await work(items[at] as T, at);
    }),
  );
}
