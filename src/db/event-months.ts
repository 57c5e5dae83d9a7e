import { sql } from 'kysely';
import { DateTime } from 'luxon';
import type { Db } from './transaction';

/** Any constant will do, as long as nothing else takes the same advisory lock. */
const LOCK = 7_410_001;

/**
 * Makes sure that the partition of `events` for a month exists before anything is written to it.
 * Remembers what it has seen, so the usual call costs nothing.
 */
export function createEventMonths(db: Db): (receivedAt: Date) => Promise<void> {
  const known = new Set<string>();
  return async (receivedAt) => {
    const start = DateTime.fromJSDate(receivedAt, { zone: 'utc' }).startOf('month');
    const name = `events_${start.toFormat('yyyy_MM')}`;
    if (known.has(name)) return;
    await db.transaction().execute(async (tx) => {
      // "if not exists" alone still races; the lock makes the second creator wait and then skip.
      await sql`select pg_advisory_xact_lock(${LOCK})`.execute(tx);
      await sql
        .raw(
          `create table if not exists ${name} partition of events
             for values from ('${start.toISO()}') to ('${start.plus({ months: 1 }).toISO()}')`,
        )
        .execute(tx);
    });
    known.add(name);
  };
}
