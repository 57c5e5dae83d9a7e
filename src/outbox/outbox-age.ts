import { sql } from 'kysely';
import type { Db } from '../db/transaction';
import type { Clock } from '../domain/clock';

const ASK_AGAIN_MS = 1_000;
/** An answer so old says nothing of now. */
const FORGET_MS = 5_000;

/** How long the oldest row of the outbox that is due has waited, in milliseconds. */
async function outboxAgeMs(db: Db, now: Date): Promise<number> {
  const { rows } = await sql<{ oldest: Date }>`
    select available_at as oldest from outbox
    where dead_lettered_at is null and available_at <= ${now} order by id limit 1`.execute(db);
  const [row] = rows;
  return row === undefined ? 0 : now.getTime() - row.oldest.getTime();
}

/**
 * The outbox's age without waiting for it: as it was about a second ago, asked for anew in the
 * background. 0 where nobody has asked for a while, or the database does not answer: then the
 * request itself finds out.
 */
export function createOutboxGauge(deps: { readonly db: Db; readonly clock: Clock }): () => number {
  let age = 0;
  let askedAt = Number.NEGATIVE_INFINITY;
  let answeredAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (now - askedAt > ASK_AGAIN_MS) {
      askedAt = now;
      void outboxAgeMs(deps.db, deps.clock.now()).then(
        (found) => {
          age = found;
          answeredAt = performance.now();
        },
        () => undefined,
      );
    }
    return now - answeredAt > FORGET_MS ? 0 : age;
  };
}
