import { sql } from 'kysely';
import { inTransaction, type Db } from '../db/transaction';
import { OUTBOX_CHANNEL } from './outbox';

/** An outbox row that Temporal rejected repeatedly; it is kept until an operator retries it. */
export interface DeadLetter {
  readonly id: number;
  readonly customerId: string;
  readonly enrollmentId: string;
  readonly journey: string;
  readonly kind: 'start' | 'signal';
  readonly attempts: number;
  readonly error: string | null;
  readonly createdAt: Date;
  readonly parkedAt: Date | null;
}

/** Dead letters, the oldest first. */
export function deadLetters(
  db: Db,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly DeadLetter[]> {
  return db
    .selectFrom('outbox')
    .select(['id', 'kind', 'attempts'])
    .select([
      'customer_id as customerId',
      'enrollment_id as enrollmentId',
      'workflow_type as journey',
      'last_error as error',
      'created_at as createdAt',
      'dead_lettered_at as parkedAt',
    ])
    .where('dead_lettered_at', 'is not', null)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
}

/**
 * Returns dead letters to the relay as if they were new. A signal is marked as late: its journey may
 * have received later ones, and would otherwise ignore it as a duplicate.
 *
 * @param ids only these; all if undefined
 * @returns how many there were
 */
export function retryDeadLetters(
  db: Db,
  ids: readonly number[] | undefined,
  now: Date,
): Promise<number> {
  return inTransaction(db, async (tx) => {
    const which = ids === undefined ? sql`true` : sql`id = any(${ids})`;
    const { rows } = await sql<{ id: number }>`
      update outbox
      set dead_lettered_at = null, attempts = 0, available_at = ${now},
          payload = case when kind = 'signal' then payload || '{"late": true}' else payload end
      where dead_lettered_at is not null and ${which}
      returning id`.execute(tx);
    if (rows.length > 0) await sql`select pg_notify(${OUTBOX_CHANNEL}, '')`.execute(tx);
    return rows.length;
  });
}
