import { sql, type RawBuilder } from 'kysely';
import { exclusiveLock, lockBucket, sharedLock } from '../db/sql/advisory-locks';
import type { Tx } from '../db/transaction';
import { inLockOrder, shareEventName } from '../events/event-subscriptions';

/**
 * Who stores events holds shared locks on the identifiers that name their customers until the
 * commit; who merges a customer into another holds exclusive locks on all identifiers of the merged
 * one. So no event is stored under a customer who is being merged, although most events take no
 * lock on their customer's row.
 *
 * A transaction takes all these locks at once, in the order of their buckets, and before any row
 * lock, so that it never waits for a lower one while it holds a higher one.
 */
export interface IdentifierLocks {
  /** Values of identifiers to lock shared. */
  readonly shared: readonly string[];
  /** Values of identifiers to lock exclusively. */
  readonly exclusive: readonly string[];
}

/** The identifiers that a merge must lock exclusively; the transaction restarts with them. */
export class NeedsExclusiveLock extends Error {
  readonly values: readonly string[];

  constructor(values: readonly string[]) {
    super('Found customers to merge whose identifiers are not locked exclusively.');
    this.name = 'NeedsExclusiveLock';
    this.values = values;
  }
}

/**
 * Takes the locks by a statement of its own. Read what the exclusive locks protect in a later
 * statement: a statement that waits for a lock sees the data from before the wait.
 */
export async function lockIdentifiersExclusively(
  tx: Tx,
  names: readonly string[],
  locks: IdentifierLocks,
): Promise<void> {
  const namesLocked = sql`(select count(${shareEventName}) from (${inLockOrder(names)}) n)`;
  await sql`${lockIdentifiers(locks, namesLocked)}`.execute(tx);
}

/**
 * The query that takes the locks, as a part of a statement.
 *
 * @param first a number that must be computed before: the count of locks on event names
 */
export function lockIdentifiers(
  { shared, exclusive }: IdentifierLocks,
  first: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const values = [...shared, ...exclusive];
  const flags = values.map((_, index) => index >= shared.length);
  const bucket = sql<number>`b.bucket`;
  return sql`
    select count(case when b.exclusive
      then ${exclusiveLock('identifier', bucket)}
      else ${sharedLock('identifier', bucket)} end)
    from (
      select ${lockBucket(sql`value`)} as bucket, bool_or(exclusive) as exclusive
      from unnest(${values}::text[], ${flags}::boolean[]) as i (value, exclusive)
      group by 1 order by 1) b
    where ${first} >= 0`;
}
