import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { sql } from 'kysely';
import { removeStoredMails } from '../../channels/local-mailbox/remove-mails';
import { abandonDeliveries } from '../../db/stores/messages';
import { inTransaction, type Db } from '../../db/transaction';
import { isErased } from '../../domain/identity/erased';
import { workflowIdOf } from '../../journey/protocol';
import type { Logger } from '../../logger';
import { eraseLateArrivals } from '../../privacy/erase-rows';
import {
  eraseCustomer,
  hasSettled,
  type ErasureDeps,
  type ErasureState,
} from '../../privacy/erasure';
import { deleteExecution } from './delete-executions';
import type { SystemActivities } from './protocol';

const PAGE_SIZE = 200;
const MAX_CONCURRENT_DELETIONS = 8;
const POLL_INTERVAL_MS = 1_000;
/** After this many passes the activity fails with a description of what remains, for operators. */
const MAX_POLLS = 600;
/** A delivery that began this long ago has ended. */
const MAX_DELIVERY_MS = 3 * 60_000;

export interface EraseCustomerDeps extends ErasureDeps {
  readonly client: () => Promise<Client>;
  readonly logger: Logger;
  /** The folder of the local mailbox, used if no mail server is configured. */
  readonly mailboxDirectory: string | null;
}

/**
 * Executes an erasure: erases the rows unless that is done, deletes the mails of the local mailbox
 * and the workflows from Temporal, and erases late arrivals, repeatedly, until nothing remains. Each
 * pass starts from scratch and finds less to do, so it can be interrupted anywhere.
 *
 * @throws {ApplicationFailure} `StillGoing` where something remains after ten minutes; it is retried
 */
export function createEraseCustomer(deps: EraseCustomerDeps): SystemActivities['erase'] {
  return async ({ requestId, last }) => {
    const context = Context.current();
    let remaining = '';
    for (let polls = 0; polls < MAX_POLLS; polls++) {
      const result = await runPass(deps, requestId, last, () => context.heartbeat());
      if (typeof result === 'number') return { executions: result };
      remaining = result;
      context.heartbeat();
      await context.sleep(POLL_INTERVAL_MS);
    }
    throw ApplicationFailure.create({
      message: `${remaining}; the erasure continues after that.`,
      type: 'StillGoing',
    });
  };
}

/** @returns a description of what remains; if nothing remains, the number of executions */
async function runPass(
  deps: EraseCustomerDeps,
  requestId: string,
  last: boolean,
  heartbeat: () => void,
): Promise<string | number> {
  const { db } = deps;
  const pseudonym = await ensureErased(deps, requestId);
  const state = pseudonym === undefined ? undefined : await readState(db, requestId);
  if (pseudonym === undefined || state === undefined) return 0;
  const { formerIds = [], transaction = '0' } = state;

  const settled = await hasSettled(db, transaction);
  const executions = await deleteAll(deps, pseudonym, heartbeat);
  await removeMails(deps, pseudonym);
  if (executions.deleting > 0) {
    return `Temporal is still deleting ${executions.deleting} executions`;
  }
  await inTransaction(db, (tx) => eraseLateArrivals(tx, pseudonym, formerIds, deps.clock.now()));
  if (!settled) return 'A transaction that began before the erasure has not ended';
  if (!last) return executions.all;
  if (await isDelivering(deps, pseudonym)) return 'A delivery is in progress';
  await complete(deps, requestId, pseudonym, { rows: state.rows, executions: executions.all });
  return executions.all;
}

/** Returns the customer's pseudonym; erases the rows first if that is not done. */
async function ensureErased(
  deps: EraseCustomerDeps,
  requestId: string,
): Promise<string | undefined> {
  const request = await deps.db
    .selectFrom('privacy_requests')
    .select(['customer_id', 'status', 'source'])
    .where('id', '=', requestId)
    .where('kind', '=', 'erase')
    .executeTakeFirst();
  if (request === undefined || request.status === 'done') return undefined;
  if (isErased(request.customer_id)) return request.customer_id;
  const erased = await eraseCustomer(deps, request.customer_id, request.source);
  if (erased?.requestId === requestId) return erased.pseudonym;
  // Another request has erased the customer, or there is none.
  await deps.db
    .updateTable('privacy_requests')
    .set({ status: 'done', done_at: deps.clock.now() })
    .where('id', '=', requestId)
    .execute();
  return undefined;
}

async function readState(db: Db, requestId: string): Promise<ErasureState | undefined> {
  const row = await db
    .selectFrom('privacy_requests')
    .select('result')
    .where('id', '=', requestId)
    .where('status', '=', 'running')
    .executeTakeFirst();
  return row?.result as unknown as ErasureState | undefined;
}

async function removeMails(
  { db, mailboxDirectory }: EraseCustomerDeps,
  pseudonym: string,
): Promise<void> {
  if (mailboxDirectory === null) return;
  const rows = await db
    .selectFrom('messages')
    .select('id')
    .where('customer_id', '=', pseudonym)
    .where('channel', '=', 'email')
    .execute();
  await removeStoredMails(
    mailboxDirectory,
    rows.map(({ id }) => id),
  );
}

/** Requests the deletion of all workflows of the customer, those of past enrollments included. */
async function deleteAll(
  { db, client }: EraseCustomerDeps,
  pseudonym: string,
  heartbeat: () => void,
): Promise<{ readonly all: number; readonly deleting: number }> {
  const connected = await client();
  let cursor = '';
  let all = 0;
  let deleting = 0;
  for (;;) {
    const page = await db
      .selectFrom('enrollments')
      .select(['id', 'journey'])
      .where('customer_id', '=', pseudonym)
      .where('id', '>', cursor)
      .orderBy('id')
      .limit(PAGE_SIZE)
      .execute();
    const last = page.at(-1);
    if (last === undefined) return { all, deleting };
    cursor = last.id;
    for (let from = 0; from < page.length; from += MAX_CONCURRENT_DELETIONS) {
      const found = await Promise.all(
        page
          .slice(from, from + MAX_CONCURRENT_DELETIONS)
          .map(({ id, journey }) => deleteExecution(connected, workflowIdOf(journey, id))),
      );
      all += found.length;
      deleting += found.filter((each) => each === 'deleting').length;
      heartbeat();
    }
  }
}

async function isDelivering({ db, clock }: EraseCustomerDeps, pseudonym: string): Promise<boolean> {
  const since = new Date(clock.now().getTime() - MAX_DELIVERY_MS);
  const { rows } = await sql`
    select from delivery_attempts a join messages m on m.id = a.message_id
    where m.customer_id = ${pseudonym} and a.ended_at is null and a.started_at > ${since}
    limit 1`.execute(db);
  return rows.length > 0;
}

/** Completes the request, and removes the customer's former ids from it. */
async function complete(
  { db, clock, logger }: EraseCustomerDeps,
  requestId: string,
  pseudonym: string,
  result: ErasureState,
): Promise<void> {
  await abandonDeliveries(db, pseudonym);
  await db
    .updateTable('privacy_requests')
    .set({ status: 'done', done_at: clock.now(), result: JSON.stringify(result) })
    .where('id', '=', requestId)
    .execute();
  logger.info({ requestId, ...result }, 'erased a customer');
}
