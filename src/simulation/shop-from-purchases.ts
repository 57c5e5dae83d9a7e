import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { unitInterval } from '../domain/experiments/hash';
import { OFFSET_MS, HOUR_MS, type Shop, type ShopEvent } from './shop';

/** The share of customers who subscribe to each topic; purchases contain no consent. */
const CONSENT_RATE = 0.8;
const NOON_MS = 12 * HOUR_MS;
const TOPICS = ['offers', 'tips', 'newsletter'];

interface Row {
  readonly customer_id: string;
  readonly date: string;
  readonly quantity: string;
  readonly amount: string;
}

/**
 * Reads recorded purchases as the events of a shop. The file has days only, so purchases happen about
 * noon. Consents derive from a hash of the customer's id, so that the same file gives the same shop.
 *
 * @param file a CSV with the columns customer_id, date (YYYY-MM-DD), quantity, amount
 * @param limit the maximum number of customers, in the order of the file
 * @throws {Error} a file that cannot be read, a missing column, or a row that is not a purchase
 */
export async function shopFromPurchases(file: string, limit: number): Promise<Shop> {
  const purchases = new Map<string, { day: number; row: Row }[]>();
  const rows = createReadStream(file).pipe(parse({ columns: true, trim: true, bom: true }));
  let line = 1;
  try {
    for await (const row of rows as AsyncIterable<Row>) {
      line += 1;
      const day = Date.parse(`${row.date}T00:00:00Z`);
      if (!row.customer_id || Number.isNaN(day) || !Number.isFinite(Number(row.amount))) {
        throw new Error(
          `Line ${line} is ${JSON.stringify(row)}; expected customer_id, date (YYYY-MM-DD), quantity and amount.`,
        );
      }
      const known = purchases.get(row.customer_id);
      if (known === undefined && purchases.size >= limit) continue;
      purchases.set(row.customer_id, [...(known ?? []), { day, row }]);
    }
  } catch (error) {
    throw new Error(`Cannot read the purchases in ${file}.`, { cause: error });
  }
  const days = [...purchases.values()].flat().map(({ day }) => day);
  if (days.length === 0) throw new Error(`Found no purchase in ${file}; expected at least one.`);
  const first = days.reduce((a, b) => Math.min(a, b));
  const events = [...purchases].flatMap(([id, list]) =>
    list.map(({ day, row }, index) => purchase(id, index, day - first, row)),
  );
  return {
    title: `the purchases of ${purchases.size} customers in ${file}`,
    customers: [...purchases.keys()].map(customer),
    events: events.toSorted((a, b) => a.at - b.at),
    firstDay: new Date(first).toISOString().slice(0, 10),
    clickRate: 0,
  };
}

function customer(id: string) {
  return {
    userId: `customer-${id}`,
    email: `customer-${id}@customers.example`,
    topics: TOPICS.filter((topic) => unitInterval(1, `consent:${topic}`, id) < CONSENT_RATE),
  };
}

function purchase(id: string, number: number, dayMs: number, row: Row): ShopEvent {
  return {
    userId: `customer-${id}`,
    at: dayMs + NOON_MS + number * OFFSET_MS,
    event: 'Order Completed',
    properties: {
      order_id: `order-${id}-${number + 1}`,
      total: Number(row.amount),
      currency: 'USD',
      products: [{ product_id: 'cd', name: 'CD', quantity: Number(row.quantity) }],
    },
  };
}
