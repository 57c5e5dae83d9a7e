import { sql } from 'kysely';
import { newId } from '../db/new-id';
import type { Tx } from '../db/transaction';
import type { Identifier, IdentifierKind } from '../domain/identity/identifier';
import { lockEventName, inOrder } from '../events/event-subscriptions';
import { lockIdentifiers } from '../identity/lock-identifiers';

/** An identifier that is known already, and whose it is. */
export interface KnownIdentifier {
  readonly kind: IdentifierKind;
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
 * @param wanted identifiers to look up; they are held, see hold-identifiers
 * @param names of the events, which are held against being asked for; see asked-events
 */
export async function claimMessageIds<T extends { readonly messageId: string }>(
  tx: Tx,
  items: readonly T[],
  receivedAt: Date,
  wanted: readonly Identifier[],
  names: readonly string[],
): Promise<Claim<T>> {
  const first = new Map<string, T & { readonly eventId: string }>();
  for (const item of items) {
    if (!first.has(item.messageId)) first.set(item.messageId, { ...item, eventId: newId() });
  }
  if (first.size === 0) return { fresh: [], known: [], asked: new Set() };
  const messageIds = [...first.keys()].toSorted();
  const eventIds = messageIds.map((id) => first.get(id)?.eventId ?? '');
  const kinds = wanted.map(({ kind }) => kind);
  const values = wanted.map(({ value }) => value);
  const { rows } = await sql<
    | { what: 'claimed'; value: string }
    | { what: 'asked'; value: string }
    | {
        what: IdentifierKind;
        value: string;
        customer_id: string;
        identified: boolean;
        time_zone: string | null;
        locale: string | null;
      }
  >`
    /* prepared */ with held as materialized (
      select count(${lockEventName})
      from (${inOrder(names)}) n),
    known as materialized (${lockIdentifiers({ shared: values, alone: [] }, sql`(select count from held)`)}),
    claimed as (
      insert into event_ids (message_id, event_id, received_at)
      select message_id, event_id, ${receivedAt}
      from unnest(${messageIds}::text[], ${eventIds}::text[]) as a (message_id, event_id)
      cross join known
      on conflict do nothing
      returning 1)
    select 'claimed' as what, count(*)::text as value, null as customer_id,
      null::boolean as identified, null as time_zone, null as locale
    from claimed
    union all
    select 'asked', name, null, null, null, null
    from event_subscriptions where name = any(${names}::text[])
    union all
    select i.kind, i.value, i.customer_id, i.identified, i.time_zone, i.locale
    from unnest(${kinds}::text[], ${values}::text[]) as v (kind, value)
    -- Side by side, so that each is looked up by its index, however the plan was made.
    cross join lateral (
      select i.kind, i.value, i.customer_id, c.time_zone, c.locale, exists (
        select from identifiers u where u.customer_id = i.customer_id and u.kind = 'user_id')
        as identified
      from identifiers i cross join lateral (
        select time_zone, locale from customers where id = i.customer_id offset 0) c
      where i.kind = v.kind and i.value = v.value offset 0) i`.execute(tx);
  const known: KnownIdentifier[] = [];
  const asked = new Set<string>();
  for (const row of rows) {
    if (row.what === 'asked') asked.add(row.value);
    else if (row.what === 'claimed') {
      if (Number(row.value) < first.size) await leaveOutTaken(tx, first);
    } else {
      const { what: kind, value, customer_id: customerId, identified } = row;
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

/** Leaves what was claimed by others; that there is any is the exception, so it is asked alone. */
async function leaveOutTaken(
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
