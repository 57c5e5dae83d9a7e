import { prepared } from '../db/sql/prepared';
import type { Tx } from '../db/transaction';
import type { JsonObject } from '../domain/json';
import { firstSequenceOf, nextSequenceBlock } from '../events/event-sequence';

/** A customer's row as read under its lock. */
export interface LockedCustomer {
  readonly id: string;
  /** Null if they were not requested. */
  readonly traits: JsonObject | null;
  readonly timeZone: string | null;
  readonly locale: string | null;
}

export interface LockedCustomers {
  readonly customers: readonly LockedCustomer[];
  /** The first of 10,000 sequence numbers, allocated under the locks. */
  readonly firstSequence: number;
  /** Those of the names that journeys are subscribed to. */
  readonly subscribed: ReadonlySet<string>;
  /** Whether one of the customers, locked or not, has been merged into another. */
  readonly outdated: boolean;
}

/**
 * Locks customers' rows in the order of their ids, then allocates sequence numbers, in one
 * statement. Customers who no longer exist are left out.
 *
 * @param ids the customers to lock, each with whether to read the traits, which may be large
 * @param unlocked other customers of the transaction, whose identifiers are locked
 * @param names event names to look up in the subscriptions; they are locked
 */
export async function lockCustomers(
  tx: Tx,
  ids: ReadonlyMap<string, boolean>,
  unlocked: readonly string[],
  names: readonly string[],
): Promise<LockedCustomers> {
  const { rows } = await prepared<{
    block: number;
    subscribed: string[];
    id: string | null;
    traits: JsonObject | null;
    time_zone: string | null;
    locale: string | null;
    merged: boolean | null;
    outdated: boolean;
  }>`with locked as materialized (
      select c.id, c.time_zone, c.locale, c.merged_into <> c.id as merged,
        case when i.traits then c.traits end as traits
      from (
        select * from unnest(${[...ids.keys()]}::text[], ${[...ids.values()]}::boolean[])
          as i (id, traits) order by id) i
      cross join lateral (
        select id, traits, time_zone, locale, merged_into from customers where id = i.id
        for no key update) c)
    -- The count makes Postgres take all locks before it allocates the sequence numbers.
    select b.block, b.subscribed, b.outdated, l.* from (
      select case when count(*) >= 0 then ${nextSequenceBlock} end as block,
        array(select name from event_subscriptions where name = any(${names}::text[]))
          as subscribed,
        exists (select from unnest(${unlocked}::text[]) as o (id) cross join lateral (
          select from customers where id = o.id and merged_into <> id offset 0) m) as outdated
      from locked) b
    left join locked l on true`.execute(tx);
  const [first] = rows;
  return {
    customers: rows.flatMap(({ id, traits, time_zone: timeZone, locale }) =>
      id === null ? [] : [{ id, traits, timeZone, locale }],
    ),
    firstSequence: firstSequenceOf(first?.block ?? 0),
    subscribed: new Set(first?.subscribed),
    outdated: first?.outdated === true || rows.some(({ merged }) => merged === true),
  };
}
