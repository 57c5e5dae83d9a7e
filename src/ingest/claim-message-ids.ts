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
  /** Names of events that journeys had asked for when this began; see asked-events. */
  readonly asked: ReadonlySet<string>;
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
  if (first.size === 0) return { fresh: [], known: [], asked: new Set() };
  const messageIds = [...first.keys()].toSorted();
  const eventIds = messageIds.map((id) => first.get(id)?.eventId ?? '');
  const { rows } = await sql<{
    taken: string | null;
    asked: string | null;
    kind: string;
    value: string;
    customer_id: string;
    identified: boolean;
    time_zone: string | null;
    locale: string | null;
  }>`
    /* prepared */ with held as materialized (
      select count(${holdName})
      from (select name from unnest(${names}::text[]) as name order by hashtext(name) & 255) n),
    given as (
      select a.* from unnest(${messageIds}::text[], ${eventIds}::text[]) as a (message_id, event_id)
      cross join held),
    claimed as (
      insert into event_ids (message_id, event_id, received_at)
      select message_id, event_id, ${receivedAt} from given
      on conflict do nothing
      returning message_id)
    select message_id as taken, null as asked, null as kind, null as value, null as customer_id,
      null::boolean as identified, null as time_zone, null as locale
    from given where not exists (select from claimed c where c.message_id = given.message_id)
    union all
    select null, name, null, null, null, null, null, null
    from asked_events where name = any(${names}::text[])
    union all
    select null, null, i.kind, i.value, i.customer_id, i.identified, i.time_zone, i.locale
    from unnest(${values}::text[]) as v (value)
    cross join unnest(array['user_id', 'anonymous_id']) as k (kind)
    -- Side by side, so that each is looked up by its index, however the plan was made.
    cross join lateral (
      select i.kind, i.value, i.customer_id, c.time_zone, c.locale, exists (
        select from identifiers u where u.customer_id = i.customer_id and u.kind = 'user_id')
        as identified
      from identifiers i cross join lateral (
        select time_zone, locale from customers where id = i.customer_id offset 0) c
      where i.kind = k.kind and i.value = v.value offset 0) i`.execute(tx);
  const known: KnownIdentifier[] = [];
  const asked = new Set<string>();
  for (const row of rows) {
    if (row.taken !== null) first.delete(row.taken);
    else if (row.asked !== null) asked.add(row.asked);
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
  return { fresh: [...first.values()], known, asked };
}
