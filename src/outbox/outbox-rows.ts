import { prepared } from '../db/sql/prepared';
import type { Db } from '../db/transaction';
import type { EnrollmentStart, RoutedItem } from '../journey/protocol';

interface WaitingBase {
  readonly id: number;
  readonly enrollmentId: string;
  readonly workflowType: string;
  readonly attempts: number;
}

export type WaitingStart = WaitingBase & { readonly payload: EnrollmentStart };
export type WaitingSignal = WaitingBase & { readonly payload: RoutedItem };

/** Starts that are due, the oldest first. */
export async function dueStarts(
  db: Db,
  lanes: readonly number[],
  now: Date,
  limit: number,
): Promise<readonly WaitingStart[]> {
  const { rows } =
    await prepared<WaitingStart>`select * from due_starts(${lanes}, ${now}, ${limit})`.execute(db);
  return rows;
}

/**
 * Signals that are due, for enrollments that have been started, the oldest first.
 *
 * @param busy enrollments that are being signalled now; their other signals come later
 */
export async function dueSignals(
  db: Db,
  lanes: readonly number[],
  busy: readonly string[],
  now: Date,
  limit: number,
): Promise<readonly WaitingSignal[]> {
  const { rows } =
    await prepared<WaitingSignal>`select * from due_signals(${lanes}, ${busy}, ${now}, ${limit})`.execute(
      db,
    );
  return rows;
}

/** Deletes rows that Temporal has accepted. If a crash restores them, they are sent again. */
export async function removeRows(db: Db, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await prepared`select remove_from_outbox(${ids})`.execute(db);
}

/** Records a failure on rows; with `parkedAt` they become dead letters. */
export async function recordFailure(
  db: Db,
  ids: readonly number[],
  failure: { readonly error: string; readonly retryAt: Date; readonly parkedAt: Date | null },
): Promise<void> {
  await db
    .updateTable('outbox')
    .set((set) => ({
      attempts: set('attempts', '+', 1),
      last_error: failure.error.slice(0, 1000),
      available_at: failure.retryAt,
      dead_lettered_at: failure.parkedAt,
    }))
    .where('id', 'in', [...ids])
    .execute();
}
