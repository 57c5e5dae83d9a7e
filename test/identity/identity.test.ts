import * as fc from 'fast-check';
import { sql } from 'kysely';
import type { Services } from '../../src/compose';
import { parseTrackingCall } from '../../src/domain/events/tracking-call';
import { nameOfIdentifier, DEFAULT_LIMITS } from '../../src/domain/identity/identifier';
import { IdentityBook } from '../../src/domain/identity/identity-book';
import { identityOfCall } from '../../src/domain/identity/identity-of-call';
import type { RawCall } from '../../src/ingest/incoming';
import { signVisitor } from '../../src/links/visitor-token';
import { LINKS } from '../support/engine';
import { composeServices, type TestServices } from '../support/services';

/** Three composed processes on one database, as three API processes would be. */
let composed: TestServices;

beforeAll(async () => {
  composed = await composeServices({ maxConnections: 8 }, 3);
});
afterAll(() => composed.close());

const db = () => composed.processes[0].db;
const WRITERS = 8;

interface Call extends RawCall {
  readonly body: Record<string, unknown> & { readonly messageId: string };
}

const users = fc.constantFrom('u1', 'u2', 'u3', 'u4');
const devices = fc.constantFrom('d1', 'd2', 'd3', 'd4', 'd5', 'd6');
const emails = fc.constantFrom('e1@shop.example', 'e2@shop.example', 'e3@shop.example');
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });

const call = fc.oneof(
  fc.record({
    type: fc.constant('track' as const),
    body: fc.record({
      event: fc.constantFrom('Product Viewed', 'Cart Updated', 'Never Asked For'),
      userId: maybe(users),
      anonymousId: devices,
    }),
  }),
  fc.record({
    type: fc.constant('identify' as const),
    body: fc.record({
      userId: maybe(users),
      anonymousId: maybe(devices),
      traits: fc.record({ email: maybe(emails), plan: maybe(fc.constantFrom('gold', 'basic')) }),
    }),
  }),
  fc.record({
    type: fc.constant('alias' as const),
    body: fc.record({ previousId: fc.oneof(users, devices), userId: users }),
  }),
);

/** Batches of calls; each run has identifiers of its own. */
const batches = fc.array(fc.array(call, { minLength: 1, maxLength: 5 }), {
  minLength: 20,
  maxLength: 40,
});

let runs = 0;

function prepare(
  given: readonly (readonly { type: RawCall['type']; body: object }[])[],
): readonly (readonly Call[])[] {
  const run = ++runs;
  const own = (value: unknown) => (typeof value === 'string' ? `r${run}-${value}` : undefined);
  return given.map((batch, at) =>
    batch.map(({ type, body }, index) => {
      const { userId, anonymousId, previousId, traits, ...rest } = body as Record<string, unknown>;
      const { email, ...others } = (traits ?? {}) as Record<string, unknown>;
      return {
        type,
        index,
        body: {
          ...rest,
          ...(type === 'track' && { properties: { cart_id: 'c', product_id: 'p' } }),
          userId: own(userId),
          anonymousId: own(anonymousId),
          previousId: own(previousId),
          traits: { ...others, ...(email !== undefined && { email: own(email) }) },
          messageId: `r${run}-${at}-${index}`,
        },
      };
    }),
  );
}

/** Whom the rule finds, one call after the other, in the order in which they were stored. */
async function sequentially(calls: readonly Call[]): Promise<ReadonlyMap<string, string>> {
  const ids = calls.map(({ body }) => body.messageId);
  const { rows } = await sql<{ message_id: string; seq: number | null }>`
    select message_id, seq from events where message_id = any(${ids})`.execute(db());
  const places = new Map(rows.map((row) => [row.message_id, row.seq ?? 0]));
  expect(rows).toHaveLength(calls.length);
  let made = 0;
  const book = new IdentityBook(DEFAULT_LIMITS, () => `made-${++made}`, new Date(0));
  const found = new Map<string, string>();
  const ordered = calls.toSorted(
    (a, b) => (places.get(a.body.messageId) ?? 0) - (places.get(b.body.messageId) ?? 0),
  );
  for (const { type, body } of ordered) {
    const parsed = parseTrackingCall(type, body, { receivedAt: new Date() });
    if (!parsed.ok) throw new Error(parsed.reason);
    const customer = book.settle(identityOfCall(parsed.call));
    if (customer !== undefined) found.set(body.messageId, customer);
  }
  const all = new Map<string, string>();
  for (const [id, customer] of found) all.set(`event ${id}`, book.current(customer));
  for (const claim of book.claims) all.set(nameOfIdentifier(claim), claim.customerId);
  return all;
}

/** Whom the database knows, by identifiers and by events. */
async function inDatabase(calls: readonly Call[]): Promise<ReadonlyMap<string, string>> {
  const prefix = calls[0]?.body.messageId.split('-')[0] ?? '';
  const identifiers = await db()
    .selectFrom('identifiers')
    .select(['kind', 'value', 'customer_id'])
    .where('value', 'like', `${prefix}-%`)
    .execute();
  const events = await db()
    .selectFrom('events')
    .select(['message_id', 'customer_id'])
    .where('message_id', 'like', `${prefix}-%`)
    .execute();
  return new Map([
    ...events.flatMap(({ message_id: id, customer_id: customer }) =>
      customer === null ? [] : [[`event ${id}`, customer] as const],
    ),
    ...identifiers.map((each) => [`${each.kind}:${each.value}`, each.customer_id] as const),
  ]);
}

/** Who is together with whom, whatever their customer is called. */
function together(customers: ReadonlyMap<string, string>): readonly (readonly string[])[] {
  const groups = new Map<string, string[]>();
  for (const [name, customer] of customers) {
    groups.set(customer, [...(groups.get(customer) ?? []), name]);
  }
  return [...groups.values()]
    .map((group) => group.toSorted())
    .toSorted((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1));
}

async function send(given: readonly (readonly Call[])[], writers: number): Promise<void> {
  const waiting = [...given];
  const work = async (writer: number) => {
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
      const process = composed.processes[writer % composed.processes.length] as Services;
      const result = await process.ingest.accept(batch);
      expect(result.errors).toEqual([]);
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => work(writer)));
}

async function deadlocks(): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 1_100)); // statistics come late
  const { rows } = await sql<{ deadlocks: number }>`
    select deadlocks from pg_stat_database where datname = current_database()`.execute(db());
  return rows[0]?.deadlocks ?? Number.NaN;
}

it.each([
  { writers: 1, numRuns: 5 },
  { writers: WRITERS, numRuns: 12 },
])(
  'finds the same customers as the sequential rule, with $writers writers',
  async ({ writers, numRuns }) => {
    await fc.assert(
      fc.asyncProperty(batches, async (given) => {
        const prepared = prepare(given);
        await send(prepared, writers);
        const calls = prepared.flat();
        expect(together(await inDatabase(calls))).toEqual(together(await sequentially(calls)));
      }),
      { numRuns, seed: 11, endOnFailure: true },
    );
    expect(await deadlocks()).toBe(0);
  },
  180_000,
);

it('leaves no rows with a customer who was merged into another one', async () => {
  const tables = ['identifiers', 'events', 'enrollments', 'entry_refusals', 'consents'];
  for (const table of tables) {
    const { rows } = await sql<{ count: number }>`
      select count(*) from ${sql.table(table)} where customer_id in (
        select id from customers where merged_into is not null)`.execute(db());
    expect([table, rows[0]?.count]).toEqual([table, 0]);
  }
  const { merged, records } = await db()
    .selectFrom('customers')
    .select([
      sql<number>`count(*) filter (where merged_into is not null)`.as('merged'),
      sql<number>`(select count(*) from merges)`.as('records'),
    ])
    .executeTakeFirstOrThrow();
  expect(merged).toBeGreaterThan(20);
  expect(records).toBe(merged);
});

it('never has two active enrollments of a customer with the same key', async () => {
  const { rows } = await sql`
    select customer_id, journey, key from enrollments where status = 'active'
    group by 1, 2, 3 having count(*) > 1`.execute(db());
  expect(rows).toEqual([]);
});

describe('a visitor who clicked in a message', () => {
  const accept = async (type: RawCall['type'], body: object) => {
    const result = await composed.processes[0].ingest.accept([{ type, body, index: 0 }]);
    expect(result.errors).toEqual([]);
  };
  const customerOf = async (kind: string, value: string) => {
    const row = await db()
      .selectFrom('identifiers')
      .select('customer_id')
      .where('kind', '=', kind)
      .where('value', '=', value)
      .executeTakeFirstOrThrow();
    return row.customer_id;
  };
  const pageWith = (token: string) => ({
    page: { url: `https://shop.example/a?x=1&tl=${token}#top`, search: `?x=1&tl=${token}` },
  });

  it('is identified on a device that belongs to no customer', async () => {
    await accept('identify', { userId: 'clicker' });
    const customerId = await customerOf('user_id', 'clicker');
    const token = signVisitor({ customerId, messageId: 'm' }, new Date(), LINKS.signingKey);
    await accept('track', { anonymousId: 'click-device', event: 'Product Viewed' });
    await accept('page', { anonymousId: 'click-device', context: pageWith(token) });
    expect(await customerOf('anonymous_id', 'click-device')).toBe(customerId);
    // Also by a page alone, and after the customer was merged into another one.
    await accept('identify', { userId: 'clicker-2' });
    await accept('alias', { previousId: 'clicker', userId: 'clicker-2' });
    await accept('page', { anonymousId: 'click-tablet', context: pageWith(token) });
    expect(await customerOf('anonymous_id', 'click-tablet')).toBe(
      await customerOf('user_id', 'clicker-2'),
    );
  });

  it('is not identified as the customer who forwarded the link, if the device belongs to a user', async () => {
    await accept('identify', { userId: 'sender' });
    const customerId = await customerOf('user_id', 'sender');
    const token = signVisitor({ customerId, messageId: 'm' }, new Date(), LINKS.signingKey);
    await accept('identify', { userId: 'friend', anonymousId: 'friends-device' });
    await accept('page', { anonymousId: 'friends-device', context: pageWith(token) });
    await accept('page', {
      userId: 'friend-2',
      anonymousId: 'friends-tablet',
      context: pageWith(token),
    });
    const friend = await customerOf('anonymous_id', 'friends-device');
    expect(friend).toBe(await customerOf('user_id', 'friend'));
    expect(await customerOf('anonymous_id', 'friends-tablet')).toBe(
      await customerOf('user_id', 'friend-2'),
    );
    expect(friend).not.toBe(customerId);
  });

  it('stays unknown with a forged token', async () => {
    await accept('identify', { userId: 'target' });
    const customerId = await customerOf('user_id', 'target');
    const forged = signVisitor(
      { customerId, messageId: 'm' },
      new Date(),
      'another key of many chars',
    );
    await accept('page', { anonymousId: 'forging-device', context: pageWith(forged) });
    expect(await customerOf('anonymous_id', 'forging-device')).not.toBe(customerId);
  });
});
