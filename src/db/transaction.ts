import type { Kysely, Transaction } from 'kysely';
import { isAboutPreparing } from './prepared-statements';
import type { Database } from './schema';

export type Db = Kysely<Database>;
export type Tx = Transaction<Database>;

/** Another transaction changed what this one had read; the same work may simply be run again. */
export class SerializationConflict extends Error {
  readonly code = '40001';

  constructor(message: string) {
    super(message);
    this.name = 'SerializationConflict';
  }
}

/** Postgres error codes after which the same transaction may simply be run again. */
const RETRYABLE = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available, where a statement does not wait
  '23503', // foreign_key_violation: a customer was erased meanwhile
]);

const MAX_ATTEMPTS = 10;

function isPassing(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return (typeof code === 'string' && RETRYABLE.has(code)) || isAboutPreparing(error);
}

/**
 * Runs `work` in one transaction (read committed). A deadlock or a serialization failure is run
 * again from the start, at most ten times, so `work` must not have effects outside the database.
 */
export async function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (attempt >= MAX_ATTEMPTS || !isPassing(error)) throw error;
    }
  }
}
