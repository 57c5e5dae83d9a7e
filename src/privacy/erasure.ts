import { sql } from 'kysely';
import { newId } from '../db/new-id';
import { inTransaction, type Db, type Tx } from '../db/transaction';
import type { Clock } from '../domain/clock';
import type { AddressHasher } from '../db/stores/address-hash';
import { eraseRows, type ErasedRows } from './erase-rows';

export interface ErasureDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly hasher: AddressHasher;
  /** Names of events that the catalogue declares. */
  readonly declared: ReadonlySet<string>;
}

export function declaredEvents(catalogue: {
  readonly events: Readonly<Record<string, unknown>>;
}): ReadonlySet<string> {
  return new Set(Object.keys(catalogue.events));
}

/** The state of an erasure in progress, in the `result` of its request. */
export interface ErasureState {
  /** Rows by table that were erased. */
  readonly rows: Readonly<Record<string, number>>;
  /** Until it is done: the former ids, by which late arrivals are found. */
  readonly formerIds?: readonly string[];
  /** Until it is done: the transaction that erased the rows, as a text. */
  readonly transaction?: string;
  /** Workflow executions that were deleted from Temporal. */
  readonly executions?: number;
}

export interface Erasure extends ErasedRows {
  readonly requestId: string;
}

/**
 * Erases a customer's rows and leaves a request; a workflow then deletes what Temporal and the local
 * mailbox have.
 *
 * @param source who requested it: `api`, `preference-centre`
 * @returns undefined where there is no such customer
 */
export function eraseCustomer(
  deps: ErasureDeps,
  customerId: string,
  source: string,
): Promise<Erasure | undefined> {
  const now = deps.clock.now();
  return inTransaction(deps.db, async (tx) => {
    // A customer with a million events takes long, and the erasure must not time out.
    await sql`set local statement_timeout = '10min'`.execute(tx);
    const erased = await eraseRows(tx, deps, customerId, now);
    if (erased === undefined) return undefined;
    const { rows: waiting } = await sql<{ id: string }>`
      select id from privacy_requests
      where customer_id = ${erased.pseudonym} and kind = 'erase' and status = 'open'
      order by requested_at`.execute(tx);
    // A request that the customer had made already is completed by this one.
    const requestId = waiting[0]?.id ?? newId();
    if (waiting.length === 0) {
      await tx
        .insertInto('privacy_requests')
        .values({
          id: requestId,
          customer_id: erased.pseudonym,
          kind: 'erase',
          source,
          requested_at: now,
        })
        .execute();
    }
    await begin(tx, requestId, erased);
    await sql`
      update privacy_requests set status = 'done', done_at = ${now}
      where customer_id = ${erased.pseudonym} and status = 'open'`.execute(tx);
    return { ...erased, requestId };
  });
}

async function begin(tx: Tx, requestId: string, { rows, formerIds }: ErasedRows): Promise<void> {
  await sql`
    update privacy_requests set status = 'running',
      result = ${JSON.stringify({ rows, formerIds })}::jsonb
        || jsonb_build_object('transaction', pg_current_xact_id()::text)
    where id = ${requestId}`.execute(tx);
}

/** Whether every transaction that ran during an erasure has ended. */
export async function hasSettled(db: Db, transaction: string): Promise<boolean> {
  const { rows } = await sql<{ settled: boolean }>`
    select pg_snapshot_xmin(pg_current_snapshot()) > ${transaction}::xid8 as settled`.execute(db);
  return rows[0]?.settled === true;
}

/** Erasures that are not done, the oldest first. */
export async function openErasures(db: Db): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('privacy_requests')
    .select('id')
    .where('kind', '=', 'erase')
    .where('status', '<>', 'done')
    .orderBy('requested_at')
    .limit(100)
    .execute();
  return rows.map(({ id }) => id);
}
