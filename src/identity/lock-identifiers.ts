import { sql, type RawBuilder } from 'kysely';
import type { Tx } from '../db/transaction';
import { lockEventName, inOrder } from '../events/event-subscriptions';

/**
 * Who stores events holds the identifiers that name their customers, shared, until it is committed;
 * who merges a customer into another one holds all of theirs alone. So no event is stored under a
 * customer who is just being moved, though most events take no lock on their customer.
 *
 * Identifiers share 256 advisory locks, so that no request can fill Postgres' table of locks. A
 * transaction takes all it needs at once, in one order, and before its other locks: nobody who
 * holds one of them waits for a lower one.
 */
const LOCK = 7_410_003;

/** What a transaction holds until its end. */
export interface IdentifierLocks {
  /** Values of identifiers that are held together with others. */
  readonly shared: readonly string[];
  /** Values that are held alone. */
  readonly alone: readonly string[];
}

/** The values that a merge must hold alone; the transaction has to begin anew with them. */
export class NeedsExclusiveLock extends Error {
  readonly values: readonly string[];

  constructor(values: readonly string[]) {
    super('Customers are to be merged, whose identifiers have to be held alone first.');
    this.name = 'NeedsExclusiveLock';
    this.values = values;
  }
}

/**
 * Takes the locks by a statement of its own. What is held alone must be read by a later statement:
 * one that waits for a lock reads what was there before it waited.
 */
export async function lockIdentifiersExclusively(
  tx: Tx,
  names: readonly string[],
  holding: IdentifierLocks,
): Promise<void> {
  const held = sql`(select count(${lockEventName}) from (${inOrder(names)}) n)`;
  await sql`${lockIdentifiers(holding, held)}`.execute(tx);
}

/**
 * The statement that takes the locks, as a part of another one.
 *
 * @param before a part that must have run before
 */
export function lockIdentifiers({ shared, alone }: IdentifierLocks, before: RawBuilder<unknown>) {
  const values = [...shared, ...alone];
  const flags = values.map((_, at) => at >= shared.length);
  return sql`
    select count(case when b.alone
      then pg_advisory_xact_lock(${sql.lit(LOCK)}, b.bucket)
      else pg_advisory_xact_lock_shared(${sql.lit(LOCK)}, b.bucket) end)
    from (
      select hashtext(value) & 255 as bucket, bool_or(alone) as alone
      from unnest(${values}::text[], ${flags}::boolean[]) as i (value, alone)
      group by 1 order by 1) b
    where ${before} >= 0`;
}
