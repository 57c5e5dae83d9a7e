import { sql } from 'kysely';
import { newId } from '../db/new-id';
import type { Tx } from '../db/transaction';

/**
 * Claims the message ids that nobody has claimed before, in one order everywhere; of a repeat
 * within the request the first counts.
 *
 * @returns the claimed ones with the ids of their events to be, in the order given
 */
export async function claimMessageIds<T extends { readonly messageId: string }>(
  tx: Tx,
  items: readonly T[],
  receivedAt: Date,
): Promise<readonly (T & { readonly eventId: string })[]> {
  const first = new Map<string, T & { readonly eventId: string }>();
  for (const item of items) {
    if (!first.has(item.messageId)) first.set(item.messageId, { ...item, eventId: newId() });
  }
  if (first.size === 0) return [];
  const rows = [...first.values()]
    .map(({ messageId, eventId }) => ({ message_id: messageId, event_id: eventId }))
    .toSorted((a, b) => (a.message_id < b.message_id ? -1 : 1));
  const claimed = await sql<{ message_id: string }>`
    insert into event_ids (message_id, event_id, received_at)
    select message_id, event_id, ${receivedAt}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (message_id text, event_id text)
    on conflict do nothing
    returning message_id`.execute(tx);
  const mine = new Set(claimed.rows.map((row) => row.message_id));
  return [...first.values()].filter(({ messageId }) => mine.has(messageId));
}
