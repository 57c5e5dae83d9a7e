import { sql } from 'kysely';
import { newId } from '../db/new-id';
import type { Tx } from '../db/transaction';

/** An identifier that is known already, and whose it is. */
export interface KnownIdentifier {
  readonly kind: string;
  readonly value: string;
  readonly customerId: string;
  /** Whether that customer has a user id. */
  readonly identified: boolean;
}

export interface Claim<T> {
  /** What nobody had claimed before, with the ids of the events to be, in the order given. */
  readonly fresh: readonly (T & { readonly eventId: string })[];
  readonly known: readonly KnownIdentifier[];
}

/**
 * Claims the message ids that nobody has claimed before, in one order everywhere; of a repeat within
 * the list the first counts. Looks up identifiers in the same statement.
 *
 * @param values user ids and anonymous ids to look up
 */
export async function claimMessageIds<T extends { readonly messageId: string }>(
  tx: Tx,
  items: readonly T[],
  receivedAt: Date,
  values: readonly string[] = [],
): Promise<Claim<T>> {
  const first = new Map<string, T & { readonly eventId: string }>();
  for (const item of items) {
    if (!first.has(item.messageId)) first.set(item.messageId, { ...item, eventId: newId() });
  }
  if (first.size === 0) return { fresh: [], known: [] };
  const messageIds = [...first.keys()].toSorted();
  const eventIds = messageIds.map((id) => first.get(id)?.eventId ?? '');
  const { rows } = await sql<{
    taken: string | null;
    kind: string;
    value: string;
    customer_id: string;
    identified: boolean;
  }>`
    with asked as (select * from unnest(${messageIds}::text[], ${eventIds}::text[]) as a (message_id, event_id)),
    claimed as (
      insert into event_ids (message_id, event_id, received_at)
      select message_id, event_id, ${receivedAt} from asked
      on conflict do nothing
      returning message_id)
    select message_id as taken, null as kind, null as value, null as customer_id, null::boolean as identified
    from asked where not exists (select from claimed c where c.message_id = asked.message_id)
    union all
    select null, kind, value, customer_id, exists (
      select from identifiers u where u.customer_id = i.customer_id and u.kind = 'user_id')
    from identifiers i
    where kind in ('user_id', 'anonymous_id') and value = any(${values}::text[])`.execute(tx);
  const known: KnownIdentifier[] = [];
  for (const { taken, kind, value, customer_id: customerId, identified } of rows) {
    if (taken === null) known.push({ kind, value, customerId, identified });
    else first.delete(taken);
  }
  return { fresh: [...first.values()], known };
}
