import { orderTraits, type OrderEvent } from '../../../src/domain/profile/orders';

let minute = 0;
const event = (
  name: string,
  orderId: unknown,
  amount?: unknown,
  currency?: unknown,
): OrderEvent => ({
  name: `Order ${name}`,
  at: new Date(Date.UTC(2026, 0, 1, 0, minute++)).toISOString(),
  orderId,
  amounts: [amount, null, undefined],
  currency,
});
const completed = (id: unknown, amount?: unknown, currency?: unknown) =>
  event('Completed', id, amount, currency);

it.each<[string, readonly OrderEvent[], string | undefined, object]>([
  ['nothing', [], undefined, { orders: 0, spend: 0, averageOrder: null, currency: null }],
  [
    'two orders',
    [completed('1', 10.1), completed('2', 20.2)],
    undefined,
    { orders: 2, spend: 30.3, averageOrder: 15.15, spendByCurrency: { XXX: 30.3 } },
  ],
  ['one told twice', [completed('1', 10), completed('1', 10)], undefined, { orders: 1, spend: 10 }],
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
    'a refund that names no amount',
    [completed('1', 10), event('Refunded', '1')],
    undefined,
    { orders: 0 },
  ],
  [
    'a refund that comes before its order',
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
    'what became of an order nobody told of',
    [event('Refunded', '9', 5), event('Cancelled', '8')],
    undefined,
    { orders: 0, spend: 0 },
  ],
  ['an amount that is no number', [completed('1', '10')], undefined, { orders: 1, spend: 0 }],
  [
    'two currencies, of which most orders name the one',
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
    'a shop with a currency, for orders that name none',
    [completed('1', 10), completed('2', 99, 'USD')],
    'EUR',
    { spend: 10, averageOrder: 10, currency: 'EUR', spendByCurrency: { EUR: 10, USD: 99 } },
  ],
])('counts %s', (_, events, currency, expected) => {
  expect(orderTraits(events, currency)).toMatchObject(expected);
});

it('says when the first and the last order was', () => {
  const events = [completed('1', 1), completed('2', 1), completed('1', 1)];
  expect(orderTraits(events, undefined)).toMatchObject({
    firstOrderAt: events[0]?.at,
    lastOrderAt: events[1]?.at,
  });
});
