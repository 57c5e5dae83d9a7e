import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

/** Each customer has so many orders in a file. */
const ORDERS_EACH = 20;
const FIRST_ORDER = Date.UTC(2025, 0, 1);

/**
 * Writes a CSV of orders, as a shop's history is: every row of another order, customers in turn.
 *
 * @param name stands in each row's ids, so that no two files bring the same rows
 */
export async function writeOrders(path: string, name: string, rows: number): Promise<void> {
  const customers = Math.ceil(rows / ORDERS_EACH);
  const out = createWriteStream(path);
  out.write('event,user_id,timestamp,order_id,total,revenue,currency,coupon,channel\n');
  for (let at = 0; at < rows; at++) {
    const moment = new Date(FIRST_ORDER + at * 10_000).toISOString();
    const total = 10 + (at % 9_000) / 100;
    const line = `Order Completed,${name}-${at % customers},${moment},${name}-o${at},${total},${total},EUR,${at % 7 === 0 ? 'SPRING' : ''},shop\n`;
    if (!out.write(line)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
}
