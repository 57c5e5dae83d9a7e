import { sql, type RawBuilder } from 'kysely';
import type { OrderChange, OrderEvent } from '../../domain/orders/order-event';
import { recordset } from '../sql/recordset';
import type { Tx } from '../transaction';

/**
 * The owner of the table `orders`: one row per customer and order. A row keeps the order's events,
 * and a trigger derives the other columns from them (`fold_order`), so that late, duplicate and
 * reordered events lead to the same row. No lock on the customer is needed: the upsert locks the
 * order.
 *
 * | state                         | columns                                  | next state             |
 * | ----------------------------- | ---------------------------------------- | ---------------------- |
 * | incomplete: only updates,     | `completed_at` is null                   | counted, refunded or   |
 * | refunds, cancellations so far |                                          | cancelled              |
 * | counted                       | `counts`; `refunded` less than `amount`  | refunded, cancelled    |
 * | refunded in full              | not `counts`, `refunded` >= `amount`     | counted, by an update  |
 * |                               |                                          | or a late event        |
 * | cancelled                     | not `counts`, `cancelled_at`             | final                  |
 *
 * A merge of customers unites the events of an order that both have. An erasure replaces the
 * customer and the ids that the shop knows the order by; amounts and times stay.
 */
export function insertOrderEvents(changes: readonly OrderChange[]): RawBuilder<unknown> {
  const orders = new Map<string, { change: OrderChange; events: OrderEvent[] }>();
  for (const change of changes) {
    const id = JSON.stringify([change.customerId, change.key]);
    const order = orders.get(id) ?? { change, events: [] };
    order.events.push(change.event);
    orders.set(id, order);
  }
  const rows = [...orders.values()].map(({ change: { customerId, key, orderId }, events }) => {
    return { customer_id: customerId, key, order_id: orderId, events };
  });
  // Sorted, so that transactions lock orders in the same order.
  return sql`
    insert into orders (customer_id, key, order_id, events)
    select customer_id, key, order_id, events
    from ${recordset(rows, { customer_id: 'text', key: 'text', order_id: 'text', events: 'jsonb' })} as o
    order by customer_id collate "C", key collate "C"
    on conflict (customer_id, key) do update set events = orders.events || excluded.events`;
}

/** Moves a merged customer's orders to the survivor. @returns how many there were */
export async function moveOrders(tx: Tx, from: string, into: string): Promise<number> {
  await sql`
    insert into orders (customer_id, key, order_id, events)
    select ${into}, key, order_id, events from orders where customer_id = ${from}
    on conflict (customer_id, key) do update set events = orders.events || excluded.events`.execute(
    tx,
  );
  const { numDeletedRows } = await tx
    .deleteFrom('orders')
    .where('customer_id', '=', from)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
