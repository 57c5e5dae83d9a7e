import { sql } from 'kysely';
import { isTransientDbError, isPostgresCode } from '../db/postgres-errors';
import type { Db, Tx } from '../db/transaction';
import type { Clock } from '../domain/clock';
import type { RoutingScope } from '../domain/events/routing-scope';
import type { Logger } from '../logger';
import { widest } from './customer-changes';
import { refreshCustomers, type RefreshDeps } from './refresh-customers';

export interface ProfileWorkDeps extends RefreshDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The hash of the rules, which must be those that hold; see registerRules. */
  readonly held: string;
}

/** What there is to do; undefined where other rules hold. */
export interface OpenWork {
  readonly urgent: boolean;
  readonly later: boolean;
  readonly due: boolean;
  readonly walk: boolean;
}

interface TakenChange {
  readonly id: number;
  readonly customerId: string;
  readonly scope: RoutingScope;
}

/** The most rows taken for one transaction; several of one customer are one piece of work. */
export const MAX_CHANGES = 200;
const MAX_DUE = 100;
const MAX_BACKFILLED = 200;
/** How much later a customer is tried again whose segments cannot be computed. */
const TRY_AGAIN_MS = 3_600_000;

export async function openWork(deps: ProfileWorkDeps): Promise<OpenWork | undefined> {
  const { rows } = await sql<OpenWork>`
    /* prepared */ select * from profile_work(${deps.held}, ${deps.clock.now()})`.execute(deps.db);
  return rows[0];
}

/**
 * Follows the oldest changes, all in one transaction: taken, computed, stored and told together or
 * not at all. A crash brings them back. Where one customer's data cannot be computed, each change
 * is followed alone, and the one at fault is set aside with its error.
 *
 * @returns how many changes were taken
 */
export async function followChanges(deps: ProfileWorkDeps, urgent: boolean): Promise<number> {
  let taken: readonly TakenChange[] = [];
  try {
    await deps.ingest.transact(async (tx) => {
      taken = await takeChanges(tx, deps.held, urgent);
      await refreshCustomers(
        deps,
        tx,
        taken.map(({ customerId }) => customerId),
        deps.clock.now(),
        reachesOf(taken),
      );
    });
  } catch (error) {
    if (!isDataError(error) || taken.length === 0) throw error;
    for (const change of taken) await followAlone(deps, change);
  }
  return taken.length;
}

/** History that comes together with news is told as news. */
function reachesOf(changes: readonly TakenChange[]): ReadonlyMap<string, RoutingScope> {
  const scopes = new Map<string, RoutingScope>();
  for (const { customerId, scope } of changes) {
    scopes.set(customerId, widest(scope, scopes.get(customerId) ?? scope));
  }
  return scopes;
}

async function takeChanges(tx: Tx, held: string, urgent: boolean): Promise<readonly TakenChange[]> {
  const { rows } = await sql<TakenChange>`
    /* prepared */ select * from take_customer_changes(${held}, ${urgent}, ${MAX_CHANGES})`.execute(
    tx,
  );
  return rows;
}

async function followAlone(deps: ProfileWorkDeps, change: TakenChange): Promise<void> {
  const { id, customerId } = change;
  try {
    await deps.ingest.transact(async (tx) => {
      const { rows } = await sql`
        delete from customer_changes where id = any(array(
          select id from customer_changes where id = ${id} and error is null
          for update skip locked)) returning id`.execute(tx);
      if (rows.length > 0) {
        await refreshCustomers(deps, tx, [customerId], deps.clock.now(), reachesOf([change]));
      }
    });
  } catch (error) {
    if (!isDataError(error)) throw error;
    deps.logger.error(
      { error, customerId },
      'a profile cannot be computed; its change is set aside',
    );
    await deps.db
      .updateTable('customer_changes')
      .set({ error: String(error).slice(0, 1000) })
      .where('id', '=', id)
      .execute();
  }
}

/**
 * Looks at customers again whose segments or stage may have changed because time has passed.
 *
 * @returns how many there were
 */
export async function sweepDue(deps: ProfileWorkDeps): Promise<number> {
  let due: readonly string[] = [];
  try {
    await deps.ingest.transact(async (tx) => {
      const now = deps.clock.now();
      const { rows } = await sql<{ customerId: string }>`
        /* prepared */ select * from take_due_profiles(${deps.held}, ${now}, ${MAX_DUE})`.execute(
        tx,
      );
      due = rows.map(({ customerId }) => customerId);
      await refreshCustomers(deps, tx, due, now);
    });
  } catch (error) {
    if (!isDataError(error)) throw error;
    for (const id of due) await refreshAlone(deps, id);
  }
  return due.length;
}

/**
 * Looks at the next customers of all, in the order of their ids, after the rules have changed.
 * Resumes where it was; one process at a time does it.
 *
 * @returns how many there were; undefined where there is nothing to do, or another does it
 */
export async function continueBackfill(deps: ProfileWorkDeps): Promise<number | undefined> {
  let ids: readonly string[] = [];
  try {
    return await deps.ingest.transact(async (tx) => {
      ids = [];
      const walk = await tx
        .selectFrom('segment_backfill')
        .select('cursor')
        .where('backfilled_at', 'is', null)
        .where('definitions', '=', deps.held)
        .forUpdate()
        .skipLocked()
        .executeTakeFirst();
      if (walk === undefined) return undefined;
      ids = await customersAfter(tx, walk.cursor);
      const now = deps.clock.now();
      if (ids.length === 0) await endWalk(tx, now);
      else {
        await refreshCustomers(deps, tx, ids, now);
        await moveCursor(deps, tx, ids);
      }
      return ids.length;
    });
  } catch (error) {
    if (!isDataError(error) || ids.length === 0) throw error;
    for (const id of ids) await refreshAlone(deps, id);
    await moveCursor(deps, deps.db, ids);
    return ids.length;
  }
}

async function endWalk(tx: Tx, now: Date): Promise<void> {
  await tx.updateTable('segment_backfill').set({ backfilled_at: now }).execute();
  await tx.updateTable('segments').set({ filled_at: now }).where('filled_at', 'is', null).execute();
}

async function moveCursor(deps: ProfileWorkDeps, db: Db, ids: readonly string[]): Promise<void> {
  const last = ids.at(-1) ?? '';
  await db
    .updateTable('segment_backfill')
    .set({ cursor: last })
    .where('definitions', '=', deps.held)
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
    .limit(MAX_BACKFILLED)
    .execute();
  return rows.map(({ id }) => id);
}

async function refreshAlone(deps: ProfileWorkDeps, customerId: string): Promise<void> {
  const now = deps.clock.now();
  try {
    await deps.ingest.transact((tx) => refreshCustomers(deps, tx, [customerId], now));
  } catch (error) {
    if (!isDataError(error)) throw error;
    deps.logger.error({ error, customerId }, 'a profile cannot be computed; it stays as it was');
    await deps.db
      .updateTable('profiles')
      .set({ reconsider_at: new Date(+now + TRY_AGAIN_MS) })
      .where('customer_id', '=', customerId)
      .execute();
  }
}

/** Whether an error may be of what a customer's rows hold, and not of the database's state. */
function isDataError(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && isPostgresCode(code) && !isTransientDbError(code);
}
