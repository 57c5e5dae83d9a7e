import { sql } from 'kysely';
import { newId } from '../db/new-id';
import type { Tx } from '../db/transaction';
import { holdName } from './asked-events';

/** An identifier that is known already, and whose it is. */
export interface KnownIdentifier {
  readonly kind: string;
  readonly value: string;
  readonly customerId: string;
  /** Whether that customer has a user id. */
  readonly identified: boolean;
  readonly timeZone: string | null;
  readonly locale: string | null;
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
 * @param names of the events, which are held against being asked for; see asked-events
 */
export async function claimMessageIds<T extends { readonly messageId: string }>(
  tx: Tx,
  items: readonly T[],
  receivedAt: Date,
  values: readonly string[],
  names: readonly string[],
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
    time_zone: string | null;
    locale: string | null;
  }>`
    with held as materialized (
      select count(${holdName})
      from (select name from unnest(${names}::text[]) as name order by hashtext(name) & 255) n),
    asked as (
      select a.* from unnest(${messageIds}::text[], ${eventIds}::text[]) as a (message_id, event_id)
      cross join held),
    claimed as (
      insert into event_ids (message_id, event_id, received_at)
      select message_id, event_id, ${receivedAt} from asked
      on conflict do nothing
      returning message_id)
    select message_id as taken, null as kind, null as value, null as customer_id, null::boolean as identified,
      null as time_zone, null as locale
    from asked where not exists (select from claimed c where c.message_id = asked.message_id)
    union all
    select null, kind, value, customer_id, exists (
      select from identifiers u where u.customer_id = i.customer_id and u.kind = 'user_id'),
      c.time_zone, c.locale
    from identifiers i join customers c on c.id = i.customer_id
    where kind in ('user_id', 'anonymous_id') and value = any(${values}::text[])`.execute(tx);
  const known: KnownIdentifier[] = [];
  for (const row of rows) {
    if (row.taken !== null) first.delete(row.taken);
    else {
      const { kind, value, customer_id: customerId, identified } = row;
      known.push({
        kind,
        value,
        customerId,
        identified,
        timeZone: row.time_zone,
        locale: row.locale,
      });
    }
  }
  return { fresh: [...first.values()], known };
}
