import { sql } from 'kysely';
import { DateTime } from 'luxon';
import { exclusiveLock } from './sql/advisory-locks';
import type { Db } from './transaction';

/**
 * Creates the partition of `events` for a month unless it exists. Known months are remembered, so
 * the usual call costs nothing.
 */
export function createEventMonths(db: Db): (receivedAt: Date) => Promise<void> {
  const known = new Set<string>();
  return async (receivedAt) => {
    const start = DateTime.fromJSDate(receivedAt, { zone: 'utc' }).startOf('month');
    const name = `events_${start.toFormat('yyyy_MM')}`;
    if (known.has(name)) return;
    await db.transaction().execute(async (tx) => {
      // "if not exists" alone still races; the lock lets the second creator wait and then skip.
      await sql`select ${exclusiveLock('eventMonth')}`.execute(tx);
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
