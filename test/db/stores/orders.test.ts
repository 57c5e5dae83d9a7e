import * as fc from 'fast-check';
import { connect, type Connection } from '../../../src/db/connect';
import { newId } from '../../../src/db/new-id';
import { insertOrderEvents, moveOrders } from '../../../src/db/stores/orders';
import { inTransaction } from '../../../src/db/transaction';
import type { JsonObject } from '../../../src/domain/json';
import { orderChangeOf } from '../../../src/domain/orders/order-event';
import { orderTraits } from '../../../src/domain/profile/orders';
import { readFacts } from '../../../src/profiles/read-facts';
import { environment } from '../../support/engine';
import { cloneDatabase } from '../../support/stack';
import { ordersByReference, traitsByReference, type SentOrderEvent } from './order-reference';

const START = Date.UTC(2026, 0, 1);

let database: Awaited<ReturnType<typeof cloneDatabase>>;
let connection: Connection;

beforeAll(async () => {
  database = await cloneDatabase(environment('TEST_POSTGRES_URL'), 'throughline_template');
  connection = connect(database.url, 4);
});
afterAll(async () => {
  await connection.close();
  await database.drop();
});

async function newCustomer(): Promise<string> {
  const id = newId();
  const at = new Date(START);
  await connection.db
    .insertInto('customers')
    .values({ id, traits: '{}', created_at: at, updated_at: at })
    .execute();
  return id;
}

/** Applies events of one customer in one statement, as ingest does. */
async function apply(customerId: string, events: readonly SentOrderEvent[]): Promise<void> {
  const changes = events.flatMap(({ at, properties, ...event }) => {
    const change = orderChangeOf({
      ...event,
      customerId,
      properties: properties as JsonObject,
      context: {},
      occurredAt: at,
      receivedAt: at,
    });
    return change ?? [];
  });
  if (changes.length > 0) await insertOrderEvents(changes).execute(connection.db);
}

async function traitsOf(customerId: string, shopCurrency?: string) {
  const [facts] = await readFacts(connection.db, [customerId], 'UTC');
  return orderTraits(facts?.orders ?? [], shopCurrency);
}

let number = 0;
const event = (
  name: string,
  orderId: unknown,
  amount?: unknown,
  currency?: unknown,
): SentOrderEvent => ({
  id: newId(),
  seq: ++number,
  name: `Order ${name}`,
  at: new Date(START + number * 60_000),
  properties: { order_id: orderId, total: amount, value: null, currency },
});
const completed = (id: unknown, amount?: unknown, currency?: unknown) =>
  event('Completed', id, amount, currency);

it.each<[string, readonly SentOrderEvent[], string | undefined, object]>([
  ['nothing', [], undefined, { orders: 0, spend: 0, averageOrder: null, currency: null }],
  [
    'two orders',
    [completed('1', 10.1), completed('2', 20.2)],
    undefined,
    { orders: 2, spend: 30.3, averageOrder: 15.15, spendByCurrency: { XXX: 30.3 } },
  ],
  ['one sent twice', [completed('1', 10), completed('1', 10)], undefined, { orders: 1, spend: 10 }],
  ['orders without an id', [completed(null, 5), completed(null, 5)], undefined, { orders: 2 }],
  ['an id that is a number', [completed(7, 5), completed('7', 5)], undefined, { orders: 1 }],
  [
    'a cancelled order',
    [completed('1', 10), event('Cancelled', '1')],
    undefined,
    { orders: 0, spend: 0, lastOrderAt: null },
  ],
  [
    'an order refunded in part',
    [completed('1', 10), event('Refunded', '1', 4)],
    undefined,
    { orders: 1, spend: 6 },
  ],
  [
    'an order refunded in full by parts',
    [completed('1', 10), event('Refunded', '1', 4), event('Refunded', '1', 6)],
    undefined,
    { orders: 0, spend: 0 },
  ],
  [
    'a refund without an amount',
    [completed('1', 10), event('Refunded', '1')],
    undefined,
    { orders: 0 },
  ],
  [
    'a refund that arrives before its order',
    [event('Refunded', '1'), completed('1', 10)],
    undefined,
    { orders: 0 },
  ],
  [
    'an amount that is corrected',
    [completed('1', 10), event('Updated', '1', 12)],
    undefined,
    { orders: 1, spend: 12 },
  ],
  [
    'refunds and cancellations of unknown orders',
    [event('Refunded', '9', 5), event('Cancelled', '8')],
    undefined,
    { orders: 0, spend: 0 },
  ],
  ['an amount that is a text', [completed('1', '10')], undefined, { orders: 1, spend: 0 }],
  [
    'ids longer than an index entry',
    [completed('x'.repeat(5_000), 1), completed(`${'x'.repeat(5_000)}y`, 2)],
    undefined,
    { orders: 2, spend: 3 },
  ],
  [
    'two currencies, one of which most orders use',
    [completed('1', 10, 'EUR'), completed('2', 99, 'usd'), completed('3', 5, 'EUR')],
    undefined,
    {
      orders: 3,
      spend: 15,
      averageOrder: 7.5,
      currency: 'EUR',
      spendByCurrency: { EUR: 15, USD: 99 },
    },
  ],
  [
    'a shop with a currency, for orders without one',
    [completed('1', 10), completed('2', 99, 'USD')],
    'EUR',
    { spend: 10, averageOrder: 10, currency: 'EUR', spendByCurrency: { EUR: 10, USD: 99 } },
  ],
])('counts %s', async (_, events, currency, expected) => {
  const customer = await newCustomer();
  await apply(customer, events);
  expect(await traitsOf(customer, currency)).toMatchObject(expected);
  expect(await traitsOf(customer, currency)).toEqual(traitsByReference(events, currency));
});

it('reports when the first and the last order was', async () => {
  const events = [completed('1', 1), completed('2', 1), completed('1', 1)];
  const customer = await newCustomer();
  await apply(customer, events);
  expect(await traitsOf(customer)).toMatchObject({
    firstOrderAt: events[0]?.at.toISOString(),
    lastOrderAt: events[1]?.at.toISOString(),
  });
});

const sent = fc.record({
  name: fc.constantFrom('Completed', 'Completed', 'Updated', 'Refunded', 'Cancelled'),
  // Few different values, so that times, orders and amounts coincide.
  minute: fc.integer({ min: 0, max: 5 }),
  orderId: fc.constantFrom<unknown>('1', '2', 2, '', null, { id: 1 }),
  amount: fc.constantFrom<unknown>(10, 4.1, 0, -3, '10', null, 1e300),
  currency: fc.constantFrom<unknown>('EUR', ' usd', 'euro', 978, null),
});

it('gives the same orders for any order of arrival, batching and merge as a recomputation', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(sent, { minLength: 1, maxLength: 12 }),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.boolean()), {
        minLength: 12,
        maxLength: 12,
      }),
      fc.option(fc.integer({ min: 0, max: 6 })),
      async (descriptions, batches, mergeAfter) => {
        const [from, into] = [await newCustomer(), await newCustomer()];
        const events = descriptions.map(
          ({ name, minute, orderId, amount, currency }, index): SentOrderEvent => ({
            ...event(name, orderId, amount, currency),
            seq: index,
            at: new Date(START + minute * 60_000),
          }),
        );
        const expected = new Map<string, SentOrderEvent[]>([
          [from, []],
          [into, []],
        ]);
        let next = 0;
        for (const [index, [size, toFrom]] of batches.entries()) {
          if (index === mergeAfter) {
            await inTransaction(connection.db, (tx) => moveOrders(tx, from, into));
            expected.get(into)?.push(...(expected.get(from)?.splice(0) ?? []));
          }
          const merged = mergeAfter !== null && index >= mergeAfter;
          const customer = toFrom && !merged ? from : into;
          const batch = events.slice(next, next + size);
          next += size;
          await apply(customer, batch);
          expected.get(customer)?.push(...batch);
        }
        for (const [customer, theirs] of expected) {
          expect(await traitsOf(customer)).toEqual(traitsByReference(theirs));
          const rows = await connection.db
            .selectFrom('orders')
            .select(['key', 'amount', 'currency', 'refunded', 'cancelled_at', 'completed_at'])
            .where('customer_id', '=', customer)
            .where('completed_at', 'is not', null)
            .execute();
          const found = rows.map(({ key, cancelled_at, completed_at, ...row }) => [
            key,
            { ...row, cancelled: cancelled_at !== null, completedAt: completed_at?.toISOString() },
          ]);
          const orders = Object.fromEntries(ordersByReference(theirs));
          expect(Object.fromEntries(found)).toEqual(orders);
        }
      },
    ),
    { numRuns: 150 },
  );
}, 120_000);

it('loses no event of concurrent transactions on one order', async () => {
  const customer = await newCustomer();
  const events = [
    completed('1', 1_000),
    ...Array.from({ length: 40 }, () => event('Refunded', '1', 2)),
  ];
  await Promise.all(events.map((each) => apply(customer, [each])));
  expect(await traitsOf(customer)).toMatchObject({ orders: 1, spend: 920 });
});

it('bounds the events that an order keeps, without changing the order', async () => {
  const customer = await newCustomer();
  const events = [
    completed('1', 5_000, 'EUR'),
    ...Array.from({ length: 450 }, (_, nth) =>
      nth % 3 === 0 ? event('Updated', '1', 5_000 + nth) : event('Refunded', '1', 1),
    ),
  ];
  for (const each of events) await apply(customer, [each]);
  expect(await traitsOf(customer)).toEqual(traitsByReference(events));
  const row = await connection.db
    .selectFrom('orders')
    .select('events')
    .where('customer_id', '=', customer)
    .executeTakeFirstOrThrow();
  expect(row.events.length).toBeLessThanOrEqual(200);
  expect(JSON.stringify(row.events)).not.toContain(customer);
}, 60_000);
