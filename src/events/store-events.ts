import { sql, type RawBuilder } from 'kysely';
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

export async function saveCustomers(
  tx: Tx,
  customers: readonly ChangedCustomer[],
  now: Date,
): Promise<void> {
  if (customers.length === 0) return;
  const changed = customers.map((customer) => ({
    id: customer.id,
    traits: customer.traits,
    time_zone: customer.timeZone,
    locale: customer.locale,
  }));
  await sql`
    update customers c
    set traits = coalesce(r.traits, c.traits),
        time_zone = r.time_zone, locale = r.locale, updated_at = ${now}
    from json_to_recordset(${JSON.stringify(changed)}::json) as r (
      id text, traits jsonb, time_zone text, locale text)
    where c.id = r.id`.execute(tx);
}

/**
 * The statement that stores events. Lists beside each other, since Postgres takes them in at half
 * the cost of a list of rows in JSON.
 */
export function eventInsertion(events: readonly StoredEvent[]): RawBuilder<unknown> {
  const column = <T>(value: (event: StoredEvent) => T) => events.map(value);
  const objects = (value: (event: StoredEvent) => JsonObject) => JSON.stringify(events.map(value));
  return sql`
    insert into events (id, customer_id, seq, message_id, type, name, about_message_id,
      occurred_at, received_at, properties, context)
    select id, customer_id, seq, message_id, type, name, about, occurred, received,
      properties::jsonb, context::jsonb
    from rows from (
      unnest(
        ${column(({ id }) => id)}::text[],
        ${column(({ customerId }) => customerId)}::text[],
        ${column(({ seq }) => seq)}::bigint[],
        ${column(({ messageId }) => messageId)}::text[],
        ${column(({ type }) => type)}::text[],
        ${column(({ name }) => name)}::text[],
        ${column(({ aboutMessageId }) => aboutMessageId)}::text[],
        ${column(({ occurredAt }) => occurredAt.toISOString())}::timestamptz[],
        ${column(({ receivedAt }) => receivedAt.toISOString())}::timestamptz[]),
      json_array_elements(${objects(({ properties }) => properties)}::json),
      json_array_elements(${objects(({ context }) => context)}::json)
    ) as e (id, customer_id, seq, message_id, type, name, about, occurred, received,
      properties, context)`;
}
