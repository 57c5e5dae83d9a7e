import { orderTraits, type CountedOrder } from '../../../src/domain/profile/orders';

const order = (day: number, amount: number | null, currency: string | null): CountedOrder => ({
  completedAt: `2026-01-0${day}T00:00:00.000Z`,
  amount,
  refunded: 0,
  currency,
});

it('reports the currency of most orders, or of the first one if there are equally many', () => {
  const orders = [order(1, 1, 'USD'), order(2, 2, 'EUR'), order(3, null, 'EUR')];
  expect(orderTraits(orders, undefined)).toMatchObject({ orders: 3, spend: 2, currency: 'EUR' });
  expect(orderTraits(orders.slice(0, 2), undefined)).toMatchObject({ spend: 1, currency: 'USD' });
});

it('removes the rounding errors of binary fractions', () => {
  const orders = [order(1, 0.1, 'EUR'), order(2, 0.2, 'EUR')];
  expect(orderTraits(orders, 'EUR')).toMatchObject({ spend: 0.3, averageOrder: 0.15 });
});
