import { sql } from 'kysely';
import { prepared } from '../db/sql/prepared';
import { isDataError, togetherOrOneByOne } from '../db/data-error';
import type { Db, Tx } from '../db/transaction';
import type { Clock } from '../domain/clock';
import type { RoutingScope } from '../domain/events/routing-scope';
import type { Logger } from '../logger';
import { widest } from './customer-changes';
import { refreshCustomers, type RefreshDeps } from './refresh-customers';

export interface ProjectionDeps extends RefreshDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The hash of `rules`. Work is claimed only while they are the registered ones. */
  readonly rulesHash: string;
}

/** Which kinds of work are pending. */
export interface PendingWork {
  readonly urgent: boolean;
  readonly deferred: boolean;
  readonly due: boolean;
  readonly backfill: boolean;
}

interface ClaimedChange {
  readonly id: number;
  readonly customerId: string;
  readonly scope: RoutingScope;
}

/** How many customers' changes one transaction claims. */
export const MAX_CHANGES = 200;
const MAX_DUE = 100;
const BACKFILL_BATCH_SIZE = 200;
/** When to retry a customer whose segments could not be computed. */
const RETRY_MS = 3_600_000;

/** @returns undefined while other rules are registered */
export async function readPendingWork(deps: ProjectionDeps): Promise<PendingWork | undefined> {
  const { rows } =
    await prepared<PendingWork>`select * from pending_profile_work(${deps.rulesHash}, ${deps.clock.now()})`.execute(
      deps.db,
    );
  return rows[0];
}

/**
 * Projects the oldest changes in one transaction: claimed, computed, stored and announced together
 * or not at all, so a crash loses none. If one customer's data cannot be computed, every change is
 * retried on its own, and the failing one becomes a dead letter with its error.
 *
 * @returns how many changes were claimed
 */
export async function projectChanges(deps: ProjectionDeps, urgent: boolean): Promise<number> {
  let claimed: readonly ClaimedChange[] = [];
  await togetherOrOneByOne(
    () =>
      deps.ingest.transact(async (tx) => {
        claimed = await claimChanges(tx, deps.rulesHash, urgent);
        const ids = claimed.map(({ customerId }) => customerId);
        await refreshCustomers(deps, tx, ids, deps.clock.now(), scopesOf(claimed));
      }),
    () => claimed,
    (change) => projectAlone(deps, change),
  );
  return claimed.length;
}

/** Imported history that is projected together with a live event counts as live. */
function scopesOf(changes: readonly ClaimedChange[]): ReadonlyMap<string, RoutingScope> {
  const scopes = new Map<string, RoutingScope>();
  for (const { customerId, scope } of changes) {
    scopes.set(customerId, widest(scope, scopes.get(customerId) ?? scope));
  }
  return scopes;
}

async function claimChanges(
  tx: Tx,
  rulesHash: string,
  urgent: boolean,
): Promise<readonly ClaimedChange[]> {
  const { rows } =
    await prepared<ClaimedChange>`select * from take_customer_changes(${rulesHash}, ${urgent}, ${MAX_CHANGES})`.execute(
      tx,
    );
  return rows;
}

async function projectAlone(deps: ProjectionDeps, change: ClaimedChange): Promise<void> {
  const { id, customerId } = change;
  try {
    await deps.ingest.transact(async (tx) => {
      const { rows } = await sql`
        delete from customer_changes where id = any(array(
          select id from customer_changes where id = ${id} and error is null
          for update skip locked)) returning id`.execute(tx);
      if (rows.length > 0) {
        await refreshCustomers(deps, tx, [customerId], deps.clock.now(), scopesOf([change]));
      }
    });
  } catch (error) {
    if (!isDataError(error)) throw error;
    deps.logger.error(
      { error, customerId },
      'a profile cannot be computed; its change is a dead letter now',
    );
    await deps.db
      .updateTable('customer_changes')
      .set({ error: String(error).slice(0, 1000) })
      .where('id', '=', id)
      .execute();
  }
}

/**
 * Recomputes customers whose segments or lifecycle stage may have changed by time alone.
 *
 * @returns how many were due
 */
export async function refreshDue(deps: ProjectionDeps): Promise<number> {
  let due: readonly string[] = [];
  await togetherOrOneByOne(
    () =>
      deps.ingest.transact(async (tx) => {
        const now = deps.clock.now();
        const { rows } = await prepared<{ customerId: string }>`
          select * from take_due_profiles(${deps.rulesHash}, ${now}, ${MAX_DUE})`.execute(tx);
        due = rows.map(({ customerId }) => customerId);
        await refreshCustomers(deps, tx, due, now);
      }),
    () => due,
    (id) => refreshAlone(deps, id),
  );
  return due.length;
}

/**
 * Recomputes the next batch of all customers, in order of id, after the rules have changed. The
 * cursor is stored, so a backfill resumes after a crash; one process at a time runs it.
 *
 * @returns the size of the batch; undefined if there is no backfill or another process runs it
 */
export async function continueBackfill(deps: ProjectionDeps): Promise<number | undefined> {
  let ids: readonly string[] = [];
  let claimed = false;
  await togetherOrOneByOne(
    () =>
      deps.ingest.transact(async (tx) => {
        ids = [];
        const cursor = await claimBackfill(tx, deps.rulesHash);
        claimed = cursor !== undefined;
        if (cursor === undefined) return;
        ids = await customersAfter(tx, cursor);
        const now = deps.clock.now();
        if (ids.length === 0) return finishBackfill(tx, now);
        await refreshCustomers(deps, tx, ids, now);
        await moveCursor(deps, tx, ids);
      }),
    () => ids,
    async (id) => {
      await refreshAlone(deps, id);
      await moveCursor(deps, deps.db, [id]);
    },
  );
  return claimed ? ids.length : undefined;
}

/** Locks the backfill and returns its cursor. */
async function claimBackfill(tx: Tx, rulesHash: string): Promise<string | undefined> {
  const backfill = await tx
    .selectFrom('segment_backfill')
    .select('cursor')
    .where('backfilled_at', 'is', null)
    .where('definitions', '=', rulesHash)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  return backfill?.cursor;
}

async function finishBackfill(tx: Tx, now: Date): Promise<void> {
  await tx.updateTable('segment_backfill').set({ backfilled_at: now }).execute();
  await tx.updateTable('segments').set({ filled_at: now }).where('filled_at', 'is', null).execute();
}

async function moveCursor(deps: ProjectionDeps, db: Db, ids: readonly string[]): Promise<void> {
  const last = ids.at(-1) ?? '';
  await db
    .updateTable('segment_backfill')
    .set({ cursor: last })
    .where('definitions', '=', deps.rulesHash)
    .where('cursor', '<', last)
    .execute();
}

async function customersAfter(tx: Tx, cursor: string): Promise<readonly string[]> {
  const rows = await tx
    .selectFrom('customers')
    .select('id')
    .where('id', '>', cursor)
    .where('merged_into', 'is', null)
    .orderBy('id')
    .limit(BACKFILL_BATCH_SIZE)
    .execute();
  return rows.map(({ id }) => id);
}

async function refreshAlone(deps: ProjectionDeps, customerId: string): Promise<void> {
  const now = deps.clock.now();
  try {
    await deps.ingest.transact((tx) => refreshCustomers(deps, tx, [customerId], now));
  } catch (error) {
    if (!isDataError(error)) throw error;
    deps.logger.error(
      { error, customerId },
      'a profile cannot be computed; it keeps its stored state',
    );
    await deps.db
      .updateTable('profiles')
      .set({ recompute_at: new Date(+now + RETRY_MS) })
      .where('customer_id', '=', customerId)
      .execute();
  }
}
