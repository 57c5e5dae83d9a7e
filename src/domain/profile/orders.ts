import type { ComputedTraits } from './computed';

/** One of the four events that say what became of an order; amounts as they were sent. */
export interface OrderEvent {
  readonly name: string;
  /** ISO 8601. */
  readonly at: string;
  readonly orderId: unknown;
  readonly amounts: readonly unknown[];
  readonly currency: unknown;
}

export const ORDER_EVENTS = [
  'Order Completed',
  'Order Updated',
  'Order Refunded',
  'Order Cancelled',
] as const;

/** What is told of an order's amount, the fullest first. */
export const AMOUNT_PROPERTIES = ['total', 'value', 'revenue', 'subtotal'] as const;

/** ISO 4217's code for "no currency". */
const NO_CURRENCY = 'XXX';

interface Order {
  readonly at: string;
  readonly currency: string;
  readonly amount: number;
  readonly refunded: number;
  readonly cancelled: boolean;
}

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
 * Counts a customer's orders. An order is known by its `order_id`: told twice it counts once, and
 * `Order Updated` tells its amount anew. One that was cancelled, or refunded in full, does not
 * count; a partial refund lowers the spend. A refund that names no amount is one in full.
 *
 * Amounts in different currencies are never added up: `spend` is of one currency.
 *
 * @param events in the order in which they happened
 * @param shopCurrency the currency to count in; orders that name none count as being in it
 */
export function orderTraits(
  events: readonly OrderEvent[],
  shopCurrency: string | undefined,
): OrderTraits {
  const orders = ordersOf(events, shopCurrency ?? NO_CURRENCY);
  const counted = orders.filter(
    ({ cancelled, refunded, amount }) => !cancelled && (refunded === 0 || refunded < amount),
  );
  const spend = new Map<string, number>();
  const number = new Map<string, number>();
  for (const { currency, amount, refunded } of counted) {
    spend.set(currency, (spend.get(currency) ?? 0) + amount - refunded);
    number.set(currency, (number.get(currency) ?? 0) + 1);
  }
  // Of currencies with as many orders the first one holds.
  const usual = counted.map(({ currency }) => currency).toSorted(byCount(number))[0];
  const currency = shopCurrency ?? usual;
  const total = money(currency === undefined ? 0 : (spend.get(currency) ?? 0));
  const inCurrency = currency === undefined ? 0 : (number.get(currency) ?? 0);
  return {
    orders: counted.length,
    spend: total,
    averageOrder: inCurrency === 0 ? null : money(total / inCurrency),
    currency: currency === undefined || currency === NO_CURRENCY ? null : currency,
    spendByCurrency: Object.fromEntries(
      [...spend].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, sum]) => [name, money(sum)]),
    ),
    firstOrderAt: counted[0]?.at ?? null,
    lastOrderAt: counted.at(-1)?.at ?? null,
  };
}

function ordersOf(events: readonly OrderEvent[], defaultCurrency: string): readonly Order[] {
  const orders = new Map<string, Order>();
  // A cancellation or a refund may be received before its order, and then waits for it.
  const rank = (name: string) => (name === 'Order Completed' ? 0 : 1);
  const sorted = events.toSorted((a, b) => rank(a.name) - rank(b.name));
  for (const [nth, event] of sorted.entries()) {
    const id = textOf(event.orderId);
    const amount = amountOf(event);
    if (event.name === 'Order Completed') {
      const key = id === undefined ? `#${nth}` : `id:${id}`;
      const known = orders.get(key);
      orders.set(key, {
        at: known?.at ?? event.at,
        currency: currencyOf(event.currency) ?? known?.currency ?? defaultCurrency,
        amount: amount ?? known?.amount ?? 0,
        refunded: 0,
        cancelled: false,
      });
      continue;
    }
    const key = `id:${id ?? ''}`;
    const order = orders.get(key);
    if (order === undefined) continue; // of an order that nobody told us of
    orders.set(key, changed(order, event.name, amount, currencyOf(event.currency)));
  }
  return [...orders.values()].toSorted((a, b) => (a.at < b.at ? -1 : 1));
}

function changed(
  order: Order,
  name: string,
  amount: number | undefined,
  currency: string | undefined,
): Order {
  if (name === 'Order Cancelled') return { ...order, cancelled: true };
  if (name === 'Order Refunded') {
    return { ...order, refunded: order.refunded + Math.abs(amount ?? order.amount) };
  }
  return { ...order, amount: amount ?? order.amount, currency: currency ?? order.currency };
}

function amountOf({ amounts }: OrderEvent): number | undefined {
  return amounts.find((each): each is number => typeof each === 'number' && Number.isFinite(each));
}

function currencyOf(value: unknown): string | undefined {
  const code = textOf(value)?.trim().toUpperCase();
  return code !== undefined && /^[A-Z]{3}$/.test(code) ? code : undefined;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function byCount(counts: ReadonlyMap<string, number>): (a: string, b: string) => number {
  return (a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0);
}

/** Sums of binary fractions, without their dust. */
function money(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
