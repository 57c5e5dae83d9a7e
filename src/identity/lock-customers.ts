import { sql } from 'kysely';
import type { Tx } from '../db/transaction';
import type { JsonObject } from '../domain/json';
import { firstSequenceOf, nextSequenceBlock } from '../events/event-sequence';

/** A customer's row as it stands under its lock. */
export interface LockedCustomer {
  readonly id: string;
  /** Null where they were not asked for. */
  readonly traits: JsonObject | null;
  readonly timeZone: string | null;
  readonly locale: string | null;
}

export interface Locked {
  readonly customers: readonly LockedCustomer[];
  /** The first of 10,000 places in the order of events, drawn under the locks. */
  readonly firstSequence: number;
  /** Those of the names that journeys have asked for by now. */
  readonly asked: ReadonlySet<string>;
  /** Whether one of the customers, locked or not, has been merged into another one. */
  readonly outdated: boolean;
}

/**
 * Locks customers' rows in the order of their ids, then draws places in the order of events, in one
 * statement. A customer who is not there any more is left out.
 *
 * @param ids each with whether the traits are wanted, which may be large
 * @param others customers who are not locked, but whose identifiers are held
 * @param names of events that are held; see asked-events
 */
export async function lockCustomers(
  tx: Tx,
  ids: ReadonlyMap<string, boolean>,
  others: readonly string[],
  names: readonly string[],
): Promise<Locked> {
  const { rows } = await sql<{
    block: number;
    asked: string[];
    id: string | null;
    traits: JsonObject | null;
    time_zone: string | null;
    locale: string | null;
    merged: boolean | null;
    outdated: boolean;
  }>`
    /* prepared */ with locked as materialized (
      select c.id, c.time_zone, c.locale, c.merged_into <> c.id as merged, case when i.traits then c.traits end as traits
      from (
        select * from unnest(${[...ids.keys()]}::text[], ${[...ids.values()]}::boolean[])
          as i (id, traits) order by id) i
      cross join lateral (
        select id, traits, time_zone, locale, merged_into from customers where id = i.id
        for no key update) c)
    -- Counted first, so that the places are drawn when every lock is held.
    select b.block, b.asked, b.outdated, l.* from (
      select case when count(*) >= 0 then ${nextSequenceBlock} end as block,
        array(select name from event_subscriptions where name = any(${names}::text[])) as asked,
        exists (select from unnest(${others}::text[]) as o (id) cross join lateral (
          select from customers where id = o.id and merged_into <> id offset 0) m) as outdated
      from locked) b
    left join locked l on true`.execute(tx);
  const [first] = rows;
  return {
    customers: rows.flatMap(({ id, traits, time_zone: timeZone, locale }) =>
      id === null ? [] : [{ id, traits, timeZone, locale }],
    ),
    firstSequence: firstSequenceOf(first?.block ?? 0),
    asked: new Set(first?.asked),
    outdated: first?.outdated === true || rows.some(({ merged }) => merged === true),
  };
}
