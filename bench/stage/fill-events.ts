import { Kysely, PostgresDialect } from 'kysely';
import type { Pool } from 'pg';
import { createEventMonths } from '../../src/db/event-months';
import type { Database } from '../../src/db/schema';

export interface Filling {
  readonly events: number;
  /** The events are spread over so many customers, who are made with them. */
  readonly customers: number;
  /** The customers' user ids are the prefix and a number from 0. */
  readonly prefix: string;
  /** How many of the events are there already, with their customers. */
  readonly from?: number;
  readonly say?: (what: string) => void;
}

const AT_A_TIME = 250_000;

/** The ids of filled rows: as long as a UUID, and rising as the product's own do. */
const ID = `'01900000-' || lpad(to_hex(n >> 16), 4, '0') || '-7' || lpad(to_hex((n & 65535)), 4, '0')
  || '-' || left(md5($1 || n), 16)`;

/**
 * Fills the real tables by SQL, far faster than events come in. All events lie in this month's
 * partition, whose indexes new events go into: the worst case for them.
 */
export async function fillEvents(pool: Pool, filling: Filling): Promise<void> {
  const { events, customers, prefix, from = 0, say } = filling;
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  await createEventMonths(db)(new Date());
  const client = await pool.connect();
  try {
    // Whether these rows survive a crash is nobody's concern.
    await client.query('set synchronous_commit = off');
    if (from === 0) await fillCustomers(pool, prefix, customers);
    for (let at = from; at < events; at += AT_A_TIME) {
      const until = Math.min(events, at + AT_A_TIME);
      await client.query(
        `insert into event_ids (message_id, event_id, received_at)
         select md5($1 || 'm' || n)::uuid::text, ${ID}, now()
         from generate_series($2::bigint, $3::bigint - 1) n`,
        [prefix, at, until],
      );
      await client.query(
        `insert into events (id, customer_id, seq, message_id, type, name, properties, context,
           about_message_id, occurred_at, received_at)
         select ${ID}, $1 || (n % $4), n / $4, md5($1 || 'm' || n)::uuid::text, 'track',
           'Product Viewed',
           '{"product_id":"sku-2041","name":"Linen shirt","category":"shirts","price":49.9}',
           '{"library":{"name":"analytics-node","version":"3.1.0"},"locale":"en"}',
           null, now(), now()
         from generate_series($2::bigint, $3::bigint - 1) n`,
        [prefix, at, until, customers],
      );
      if (until < events || from > 0) say?.(`filled ${until} of ${events} events`);
    }
    await client.query('reset synchronous_commit');
    await client.query('vacuum analyze events, event_ids, customers, identifiers');
    await client.query('checkpoint');
  } finally {
    client.release();
  }
}

/** Customers with a user id; their own ids are the same, which no product code relies on. */
async function fillCustomers(pool: Pool, prefix: string, customers: number): Promise<void> {
  await pool.query(
    `insert into customers (id, traits, created_at, updated_at)
     select $1 || n, '{}', now(), now() from generate_series(0, $2::bigint - 1) n`,
    [prefix, customers],
  );
  await pool.query(
    `insert into identifiers (kind, value, customer_id, created_at)
     select 'user_id', $1 || n, $1 || n, now() from generate_series(0, $2::bigint - 1) n`,
    [prefix, customers],
  );
}

/** Puts every filled customer into so many journeys that wait for something else. */
export async function fillEnrollments(pool: Pool, prefix: string, each: number): Promise<void> {
  await pool.query(
    `insert into enrollments (id, customer_id, journey, key, status, subscriptions, holdout, priority,
       entered_at, entered_seq, starts_at)
     select gen_random_uuid()::text, c.id, 'parked', 'filled-' || n, 'active',
       '{Application Opened}', false, 3, now(), 0, now()
     from customers c, generate_series(1, $2::int) n where c.id like $1 || '%'`,
    [prefix, each],
  );
  await pool.query('vacuum analyze enrollments');
}
