import { orderTraits } from '../../../src/domain/profile/orders';

/** An order event as it was sent. */
export interface SentOrderEvent {
  readonly id: string;
  readonly seq: number;
  readonly name: string;
  readonly at: Date;
  readonly properties: Readonly<Record<string, unknown>>;
}

interface Order {
  readonly completedAt: string;
  readonly currency: string | null;
  readonly amount: number | null;
  readonly refunded: number;
  readonly cancelled: boolean;
}

/** A reference implementation of the orders of one customer: it recomputes them from all events. */
export function traitsByReference(events: readonly SentOrderEvent[], shopCurrency?: string) {
  const orders = [...ordersByReference(events).values()].filter(
    ({ cancelled, refunded, amount }) => !cancelled && (refunded === 0 || refunded < (amount ?? 0)),
  );
  return orderTraits(
    orders.toSorted((a, b) => Date.parse(a.completedAt) - Date.parse(b.completedAt)),
    shopCurrency,
  );
}

/** The completed orders by key, in order of completion. */
export function ordersByReference(events: readonly SentOrderEvent[]): ReadonlyMap<string, Order> {
  const orders = new Map<string, Order>();
  const rank = ({ name }: SentOrderEvent) => (name === 'Order Completed' ? 0 : 1);
  const sorted = events.toSorted(
    (a, b) => rank(a) - rank(b) || +a.at - +b.at || a.seq - b.seq || (a.id < b.id ? -1 : 1),
  );
  for (const { id, name, at, properties } of sorted) {
    const orderId = text(properties['order_id']);
    const key = orderId === undefined ? `event:${id}` : `id:${orderId}`;
    const known = orders.get(key);
    const amount =
      ['total', 'value', 'revenue', 'subtotal']
        .map((each) => properties[each])
        .find((each) => typeof each === 'number') ?? null;
    const code = text(properties['currency'])?.trim().toUpperCase() ?? '';
    const currency = /^[A-Z]{3}$/.test(code) ? code : null;
    if (name === 'Order Completed') {
      orders.set(key, {
        completedAt: known?.completedAt ?? at.toISOString(),
        amount: amount ?? known?.amount ?? null,
        currency: currency ?? known?.currency ?? null,
        refunded: 0,
        cancelled: false,
      });
    } else if (known !== undefined && name === 'Order Cancelled') {
      orders.set(key, { ...known, cancelled: true });
    } else if (known !== undefined && name === 'Order Refunded') {
      const refunded = known.refunded + Math.abs(amount ?? known.amount ?? 0);
      orders.set(key, { ...known, refunded });
    } else if (known !== undefined) {
      orders.set(key, {
        ...known,
        amount: amount ?? known.amount,
        currency: currency ?? known.currency,
      });
    }
  }
  return orders;
}

function text(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
