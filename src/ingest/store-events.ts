import { sql } from 'kysely';
import type { Tx } from '../db/transaction';
import type { JsonObject } from '../domain/json';
import type { StoredEvent } from './stored-event';

/** What a request's events make of a customer. */
export interface ChangedCustomer {
  readonly id: string;
  /** All traits; undefined where no event changed one. */
  readonly traits: JsonObject | undefined;
  readonly timeZone: string | null;
  readonly locale: string | null;
}

/** Stores events and what they make of their customers, in one statement. */
export async function storeEvents(
  tx: Tx,
  events: readonly StoredEvent[],
  customers: readonly ChangedCustomer[],
  now: Date,
): Promise<void> {
  // Short names, since they are written and read again for each event.
  const rows = events.map((event) => ({
    i: event.id,
    c: event.customerId,
    s: event.seq,
    m: event.messageId,
    t: event.type,
    n: event.name,
    p: event.properties,
    x: event.context,
    a: event.aboutMessageId ?? undefined,
    o: event.occurredAt,
    r: event.receivedAt === now ? undefined : event.receivedAt,
  }));
  const changed = customers.map((customer) => ({
    id: customer.id,
    traits: customer.traits,
    time_zone: customer.timeZone,
    locale: customer.locale,
  }));
  await sql`
    with changed as (
      update customers c
      set traits = coalesce(r.traits, c.traits),
          time_zone = r.time_zone, locale = r.locale, updated_at = ${now}
      from json_to_recordset(${JSON.stringify(changed)}::json) as r (
        id text, traits jsonb, time_zone text, locale text)
      where c.id = r.id)
    insert into events (id, customer_id, seq, message_id, type, name, properties, context,
      about_message_id, occurred_at, received_at)
    select i, c, s, m, t, n, p, x, a, o, coalesce(r, ${now})
    from json_to_recordset(${JSON.stringify(rows)}::json) as e (
      i text, c text, s bigint, m text, t text, n text, p jsonb, x jsonb, a text,
      o timestamptz, r timestamptz)`.execute(tx);
}
