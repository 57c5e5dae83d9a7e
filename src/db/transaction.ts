import type { Kysely, Transaction } from 'kysely';
import { isPrepareError } from './prepared-statements';
import type { Database } from './schema';

export type Db = Kysely<Database>;
export type Tx = Transaction<Database>;

/** Another transaction changed what this one had read; the same work can be run again. */
export class SerializationConflict extends Error {
  readonly code = '40001';

  constructor(message: string) {
    super(message);
    this.name = 'SerializationConflict';
  }
}

/** Postgres error codes after which the same transaction can be run again. */
const RETRYABLE = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available, from a statement with `nowait`
  '23503', // foreign_key_violation: a customer was erased in the meantime
]);

const MAX_ATTEMPTS = 10;

function isRetryable(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return (typeof code === 'string' && RETRYABLE.has(code)) || isPrepareError(error);
}

/**
 * Runs `work` in one transaction (read committed). After a deadlock or a serialization failure it
 * runs again from the start, at most ten times, so `work` must have no effects outside the database.
 */
export async function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (attempt >= MAX_ATTEMPTS || !isRetryable(error)) throw error;
    }
  }
}
