import { sql } from 'kysely';
import type { Db } from '../db/transaction';
import type { Clock } from '../domain/clock';

const REFRESH_MS = 1_000;
/** An older measurement is ignored. */
const MAX_AGE_MS = 5_000;

/** The age of the oldest row that is due, in milliseconds. */
async function outboxAgeMs(db: Db, now: Date): Promise<number> {
  const { rows } = await sql<{ oldest: Date }>`
    select available_at as oldest from outbox
    where dead_lettered_at is null and available_at <= ${now} order by id limit 1`.execute(db);
  const [row] = rows;
  return row === undefined ? 0 : now.getTime() - row.oldest.getTime();
}

/**
 * The outbox's age without waiting for it: as of about a second ago, refreshed in the background. 0
 * if it was not read for a while or the database does not respond; then the request itself fails.
 */
export function createOutboxGauge(deps: { readonly db: Db; readonly clock: Clock }): () => number {
  let age = 0;
  let askedAt = Number.NEGATIVE_INFINITY;
  let answeredAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (now - askedAt > REFRESH_MS) {
      askedAt = now;
      void outboxAgeMs(deps.db, deps.clock.now()).then(
        (found) => {
          age = found;
          answeredAt = performance.now();
        },
        () => undefined,
      );
    }
    return now - answeredAt > MAX_AGE_MS ? 0 : age;
  };
}
