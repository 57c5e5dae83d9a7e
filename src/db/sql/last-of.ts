import { sql, type RawBuilder } from 'kysely';
import { LAST_MARK } from './statement-marks';

/**
 * Marks the last statement of a transaction: its commit is sent right after it, without waiting for
 * the result. After a statement that failed, the commit is a rollback, as ever.
 *
 * The caller must do nothing afterwards in the transaction that can fail; another statement in it
 * throws.
 *
 * @example
 * await lastOf(prepared`update messages set status = 'sent' where id = ${id}`).execute(tx);
 */
export function lastOf<T>(query: RawBuilder<T>): RawBuilder<T> {
  return sql<T>`${sql.raw(LAST_MARK)}${query}`;
}
