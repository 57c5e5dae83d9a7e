import { sql } from 'kysely';
import type { Db, Tx } from '../db/transaction';
import type { EnrollmentStart, RoutedItem } from '../journey/messages';

interface WaitingBase {
  readonly id: number;
  readonly enrollmentId: string;
  readonly workflowType: string;
  readonly attempts: number;
}

export type WaitingStart = WaitingBase & { readonly payload: EnrollmentStart };
export type WaitingSignal = WaitingBase & { readonly payload: RoutedItem };

const COLUMNS = sql`
  o.id, o.enrollment_id as "enrollmentId", o.workflow_type as "workflowType", o.attempts, o.payload`;

/**
 * Reads along the primary key, and stops when it has enough. A queue's statistics are never those of
 * the moment, and without this Postgres may read and sort the whole outbox for each round.
 */
function inOrderOfId<T>(db: Db, read: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (tx) => {
    await sql`
      select set_config('enable_sort', 'off', true),
        set_config('enable_bitmapscan', 'off', true),
        set_config('enable_seqscan', 'off', true),
        set_config('jit', 'off', true)`.execute(tx);
    return read(tx);
  });
}

/** Starts that are due, the oldest first. */
export async function dueStarts(
  db: Db,
  lanes: readonly number[],
  now: Date,
  limit: number,
): Promise<readonly WaitingStart[]> {
  return inOrderOfId(db, async (tx) => {
    const { rows } = await sql<WaitingStart>`
      select ${COLUMNS} from outbox o
      where lane = any(${lanes}) and parked_at is null and kind = 'start' and available_at <= ${now}
      order by id limit ${limit}`.execute(tx);
    return rows;
  });
}

/** Signals that are due, for enrollments that have been started, the oldest first. */
export async function dueSignals(
  db: Db,
  lanes: readonly number[],
  now: Date,
  limit: number,
): Promise<readonly WaitingSignal[]> {
  return inOrderOfId(db, async (tx) => {
    const { rows } = await sql<WaitingSignal>`
    select ${COLUMNS} from outbox o
    where lane = any(${lanes}) and parked_at is null and kind = 'signal' and available_at <= ${now}
      and not exists (
        select from outbox s where s.enrollment_id = o.enrollment_id and s.kind = 'start')
      -- A row that is to be tried again later holds back the later ones of its enrollment.
      and not exists (
        select from outbox e where e.enrollment_id = o.enrollment_id and e.kind = 'signal'
          and e.id < o.id and e.parked_at is null and e.available_at > ${now})
    order by id limit ${limit}`.execute(tx);
    return rows;
  });
}

export async function removeRows(db: Db, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`delete from outbox where id = any(${ids})`.execute(db);
}

/** Notes a failure on rows; with `parkedAt` they are set aside until an operator looks at them. */
export async function noteFailure(
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
      parked_at: failure.parkedAt,
    }))
    .where('id', 'in', [...ids])
    .execute();
}
