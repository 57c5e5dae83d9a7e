import { sql, type RawBuilder } from 'kysely';

/**
 * Every advisory lock of Throughline, by its number. Postgres' table of locks is bounded, so locks
 * on names and identifiers are spread over 256 buckets.
 *
 * A transaction takes its locks in this order, so that no two transactions wait for each other:
 *
 * 1. `eventName`, by bucket: shared by whoever stores an event of that name, exclusive for whoever
 *    subscribes to a new one
 * 2. `identifier`, by bucket: shared by whoever stores an event of its customer, exclusive for
 *    whoever merges the customer
 * 3. rows: message ids, customers by id, journeys by name
 *
 * `eventMonth` is taken in a transaction of its own, and `importFile` by a connection of its own,
 * for as long as the import runs.
 */
export const ADVISORY_LOCKS = {
  eventMonth: 7_410_001,
  eventName: 7_410_002,
  identifier: 7_410_003,
  importFile: 7_410_008,
} as const;

type BucketedLock = 'eventName' | 'identifier';

/** The bucket of an SQL expression of type text: 0 to 255. */
export function lockBucket(text: RawBuilder<unknown>): RawBuilder<number> {
  return sql`hashtext(${text}) & 255`;
}

/** The expression that waits for a lock and holds it until the transaction ends. */
export function exclusiveLock(lock: 'eventMonth'): RawBuilder<unknown>;
export function exclusiveLock(lock: BucketedLock, bucket: RawBuilder<number>): RawBuilder<unknown>;
export function exclusiveLock(
  lock: keyof typeof ADVISORY_LOCKS,
  bucket?: RawBuilder<number>,
): RawBuilder<unknown> {
  const number = sql.lit(ADVISORY_LOCKS[lock]);
  return bucket === undefined
    ? sql`pg_advisory_xact_lock(${number})`
    : sql`pg_advisory_xact_lock(${number}, ${bucket})`;
}

/** The same, held together with others who share it. */
export function sharedLock(lock: BucketedLock, bucket: RawBuilder<number>): RawBuilder<unknown> {
  return sql`pg_advisory_xact_lock_shared(${sql.lit(ADVISORY_LOCKS[lock])}, ${bucket})`;
}
