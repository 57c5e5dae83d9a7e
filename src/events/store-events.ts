import { sql, type RawBuilder } from 'kysely';
import type { JsonObject } from '../domain/json';
import type { StoredEvent } from './stored-event';

/**
 * The insertion that stores events: an array per column, which costs Postgres half as much as a
 * recordset.
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
