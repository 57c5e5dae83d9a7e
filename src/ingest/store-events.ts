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
  const rows = events.map((event) => ({
    id: event.id,
    customer_id: event.customerId,
    seq: event.seq,
    message_id: event.messageId,
    type: event.type,
    name: event.name,
    properties: event.properties,
    context: event.context,
    about_message_id: event.aboutMessageId,
    occurred_at: event.occurredAt,
    received_at: event.receivedAt,
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
    select * from json_to_recordset(${JSON.stringify(rows)}::json) as r (
      id text, customer_id text, seq bigint, message_id text, type text, name text,
      properties jsonb, context jsonb, about_message_id text,
      occurred_at timestamptz, received_at timestamptz)`.execute(tx);
}
