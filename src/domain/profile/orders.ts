import type { ComputedTraits } from './computed';

/** An order that is completed, and neither cancelled nor refunded in full. */
export interface CountedOrder {
  /** ISO 8601. */
  readonly completedAt: string;
  /** Null if no event stated it. */
  readonly amount: number | null;
  readonly refunded: number;
  /** ISO 4217; null if no event stated it. */
  readonly currency: string | null;
}

/** ISO 4217's code for "no currency". */
const NO_CURRENCY = 'XXX';

type OrderTraits = Pick<
  ComputedTraits,
  | 'orders'
  | 'spend'
  | 'averageOrder'
  | 'currency'
  | 'spendByCurrency'
  | 'firstOrderAt'
  | 'lastOrderAt'
>;

/**
 * Summarises a customer's orders. Amounts in different currencies are never added up: `spend` is in
 * one currency.
 *
 * @param orders in order of completion
 * @param shopCurrency the currency to report; orders without a currency count as being in it
 */
export function orderTraits(
  orders: readonly CountedOrder[],
  shopCurrency: string | undefined,
): OrderTraits {
  const spend = new Map<string, number>();
  const count = new Map<string, number>();
  for (const order of orders) {
    const currency = order.currency ?? shopCurrency ?? NO_CURRENCY;
    spend.set(currency, (spend.get(currency) ?? 0) + (order.amount ?? 0) - order.refunded);
    count.set(currency, (count.get(currency) ?? 0) + 1);
  }
  // Of two currencies with equally many orders, the one that was used first.
  const [usual] = [...count].toSorted(([, a], [, b]) => b - a)[0] ?? [];
  const currency = shopCurrency ?? usual;
  const total = money(currency === undefined ? 0 : (spend.get(currency) ?? 0));
  const inCurrency = currency === undefined ? 0 : (count.get(currency) ?? 0);
  return {
    orders: orders.length,
    spend: total,
    averageOrder: inCurrency === 0 ? null : money(total / inCurrency),
    currency: currency === undefined || currency === NO_CURRENCY ? null : currency,
    spendByCurrency: Object.fromEntries(
      [...spend].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, sum]) => [name, money(sum)]),
    ),
    firstOrderAt: orders[0]?.completedAt ?? null,
    lastOrderAt: orders.at(-1)?.completedAt ?? null,
  };
}

/** Rounds to four digits, which removes the rounding errors of binary fractions. */
function money(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
