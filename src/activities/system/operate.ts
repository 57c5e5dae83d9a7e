import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { Db } from '../../db/transaction';
import {
  NO_PROGRESS,
  type OperationFilter,
  type OperationInput,
  type OperationProgress,
  type SystemActivities,
} from './protocol';
import { sendUpdate, type UpdateResult } from './send-update';

const PAGE_SIZE = 64;
const MAX_CONCURRENT_UPDATES = 8;
const MAX_FAILURES = 100;
const MAX_UPDATE_ATTEMPTS = 3;

/**
 * Applies an operation to all active enrollments of a journey that match a filter. Heartbeats contain
 * the progress, so that a retry after a crash resumes; a repeated update has the same id, and so takes
 * effect once.
 */
export function createOperate(deps: {
  readonly db: Db;
  readonly client: () => Promise<Client>;
}): SystemActivities['operate'] {
  return async (input) => {
    const context = Context.current();
    let progress = (context.info.heartbeatDetails as OperationProgress | undefined) ?? NO_PROGRESS;
    for (;;) {
      context.cancellationSignal.throwIfAborted();
      const page = await nextPage(deps.db, input, progress.cursor);
      const last = page.at(-1);
      if (last === undefined) return progress;
      // Updates of a group are sent concurrently; progress is recorded by group.
      for (let from = 0; from < page.length; from += MAX_CONCURRENT_UPDATES) {
        const group = page.slice(from, from + MAX_CONCURRENT_UPDATES);
        const results = await Promise.all(group.map((id) => sendOperation(deps.client, input, id)));
        progress = results.reduce(addResult, progress);
        progress = { ...progress, cursor: group.at(-1) ?? progress.cursor };
        context.heartbeat(progress);
      }
    }
  };
}

interface OperationResult {
  readonly enrollmentId: string;
  readonly result: UpdateResult;
}

async function sendOperation(
  client: () => Promise<Client>,
  input: OperationInput,
  enrollmentId: string,
): Promise<OperationResult> {
  const { journey, operation, reason, operationId } = input;
  const enrollment = { id: enrollmentId, journey };
  let result: UpdateResult = { did: 'timeout' };
  // A busy worker may answer later; the same id makes a repeated update take effect once.
  for (let attempt = 0; attempt < MAX_UPDATE_ATTEMPTS && result.did === 'timeout'; attempt++) {
    result = await sendUpdate(client, enrollment, operation, reason, operationId);
  }
  if (result.did === 'unavailable') {
    throw ApplicationFailure.create({
      message: 'Temporal is unavailable; the operation resumes when it is available again.',
      type: 'TemporalAway',
    });
  }
  return { enrollmentId, result };
}

function addResult(
  progress: OperationProgress,
  { enrollmentId, result }: OperationResult,
): OperationProgress {
  const withFailure = (message: string) =>
    progress.failures.length < MAX_FAILURES
      ? [...progress.failures, { enrollmentId, message: message.slice(0, 300) }]
      : progress.failures;
  switch (result.did) {
    case 'done':
      return { ...progress, done: progress.done + 1 };
    case 'rejected':
      return { ...progress, refused: progress.refused + 1, failures: withFailure(result.message) };
    case 'not-found':
      return {
        ...progress,
        refused: progress.refused + 1,
        failures: withFailure('Its workflow is not running: it has ended, or was not started yet.'),
      };
    case 'timeout':
    case 'unavailable':
      return {
        ...progress,
        failed: progress.failed + 1,
        failures: withFailure('Its worker did not answer in time. Check the workflow, then retry.'),
      };
  }
}

async function nextPage(
  db: Db,
  { journey, filter, askedAt }: OperationInput,
  cursor: string,
): Promise<readonly string[]> {
  const rows = await matching(db, filter)
    .where('journey', '=', journey)
    .where('entered_at', '<=', new Date(askedAt))
    .where('id', '>', cursor)
    .orderBy('id')
    .limit(PAGE_SIZE)
    .execute();
  return rows.map(({ id }) => id);
}

function matching(db: Db, filter: OperationFilter) {
  const { key, enteredBefore, enteredAfter, customerIds, paused } = filter;
  return db
    .selectFrom('enrollments')
    .select('id')
    .where('status', '=', 'active')
    .$if(key !== undefined, (query) => query.where('key', '=', key ?? ''))
    .$if(enteredBefore !== undefined, (query) =>
      query.where('entered_at', '<', new Date(enteredBefore ?? 0)),
    )
    .$if(enteredAfter !== undefined, (query) =>
      query.where('entered_at', '>', new Date(enteredAfter ?? 0)),
    )
    .$if(customerIds !== undefined, (query) =>
      query.where('customer_id', 'in', customerIds?.length === 0 ? [''] : [...(customerIds ?? [])]),
    )
    .$if(paused !== undefined, (query) =>
      query.where('paused_at', paused === true ? 'is not' : 'is', null),
    );
}
