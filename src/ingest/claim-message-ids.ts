import { sql } from 'kysely';
import { newId } from '../db/new-id';
import { prepared } from '../db/sql/prepared';
import type { Tx } from '../db/transaction';
import type { Identifier, IdentifierKind } from '../domain/identity/identifier';
import { inLockOrder, shareEventName } from '../events/event-subscriptions';
import { lockIdentifiers } from '../identity/lock-identifiers';
import type { KnownIdentifier } from '../identity/resolve-identity';

export interface Claim<T> {
  /** Items with new message ids, each with the id of its event, in the order given. */
  readonly claimed: readonly (T & { readonly eventId: string })[];
  readonly known: readonly KnownIdentifier[];
  /** Those of the event names that journeys are subscribed to. */
  readonly subscribed: ReadonlySet<string>;
}

/**
 * Begins the storing of events, in one statement: takes the shared locks on their names and on the
 * identifiers of their customers, claims the message ids that are new, and reads the identifiers and
 * the subscriptions. Of items with the same message id the first one counts.
 *
 * @param identifiers to lock and to read
 * @param names of the events
 */
export async function claimMessageIds<T extends { readonly messageId: string }>(
  tx: Tx,
  items: readonly T[],
  receivedAt: Date,
  identifiers: readonly Identifier[],
  names: readonly string[],
): Promise<Claim<T>> {
  const first = new Map<string, T & { readonly eventId: string }>();
  for (const item of items) {
    if (!first.has(item.messageId)) first.set(item.messageId, { ...item, eventId: newId() });
  }
  if (first.size === 0) return { claimed: [], known: [], subscribed: new Set() };
  // In one order everywhere, so that two transactions cannot deadlock.
  const messageIds = [...first.keys()].toSorted();
  const eventIds = messageIds.map((id) => first.get(id)?.eventId ?? '');
  const kinds = identifiers.map(({ kind }) => kind);
  const values = identifiers.map(({ value }) => value);
  const locks = lockIdentifiers(
    { shared: values, exclusive: [] },
    sql`(select count from locked_names)`,
  );
  const { rows } = await prepared<
    | { what: 'claimed'; value: string }
    | { what: 'subscribed'; value: string }
    | {
        what: IdentifierKind;
        value: string;
        customer_id: string;
        identified: boolean;
        time_zone: string | null;
        locale: string | null;
      }
  >`with locked_names as materialized (
      select count(${shareEventName}) from (${inLockOrder(names)}) n),
    locked as materialized (${locks}),
    claimed as (
      insert into event_ids (message_id, event_id, received_at)
      select message_id, event_id, ${receivedAt}
      from unnest(${messageIds}::text[], ${eventIds}::text[]) as a (message_id, event_id)
      cross join locked
      on conflict do nothing
      returning 1)
    select 'claimed' as what, count(*)::text as value, null as customer_id,
      null::boolean as identified, null as time_zone, null as locale
    from claimed
    union all
    select 'subscribed', name, null, null, null, null
    from event_subscriptions where name = any(${names}::text[])
    union all
    select i.kind, i.value, i.customer_id, i.identified, i.time_zone, i.locale
    from unnest(${kinds}::text[], ${values}::text[]) as v (kind, value)
    -- Lateral, so that each identifier is looked up by its index, whatever the plan.
    cross join lateral (
      select i.kind, i.value, i.customer_id, c.time_zone, c.locale, exists (
        select from identifiers u where u.customer_id = i.customer_id and u.kind = 'user_id')
        as identified
      from identifiers i cross join lateral (
        select time_zone, locale from customers where id = i.customer_id offset 0) c
      where i.kind = v.kind and i.value = v.value offset 0) i`.execute(tx);
  const known: KnownIdentifier[] = [];
  const subscribed = new Set<string>();
  for (const row of rows) {
    if (row.what === 'subscribed') subscribed.add(row.value);
    else if (row.what === 'claimed') {
      if (Number(row.value) < first.size) await removeDuplicates(tx, first);
    } else {
      const { what: kind, value, customer_id: customerId, identified, locale } = row;
      known.push({ kind, value, customerId, identified, timeZone: row.time_zone, locale });
    }
  }
  return { claimed: [...first.values()], known, subscribed };
}

/** Removes items whose message id was stored before; rare, so it has a statement of its own. */
async function removeDuplicates(
  tx: Tx,
  items: Map<string, { readonly eventId: string }>,
): Promise<void> {
  const { rows } = await sql<{ message_id: string; event_id: string }>`
    select message_id, event_id from event_ids
    where message_id = any(${[...items.keys()]}::text[])`.execute(tx);
  for (const { message_id: messageId, event_id: eventId } of rows) {
    if (items.get(messageId)?.eventId !== eventId) items.delete(messageId);
  }
}
