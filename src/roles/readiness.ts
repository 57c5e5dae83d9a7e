import type { Client } from '@temporalio/client';
import { temporal as proto } from '@temporalio/proto';
import { sql } from 'kysely';
import type { Db } from '../db/transaction';
import { withTimeout } from '../with-timeout';

const PROBE_MS = 3_000;
const { TaskQueueType } = proto.api.enums.v1;

/**
 * Checks what the system needs to accept events and run journeys: the database, Temporal, and a worker
 * that polls for journeys (in this process or another).
 */
export function createReadiness(deps: {
  readonly db: Db;
  readonly client: () => Promise<Client>;
  readonly namespace: string;
  readonly taskQueue: string;
}): () => Promise<readonly string[]> {
  return async () => {
    const [database, temporal] = await Promise.all([
      probe(sql`select 1 from relay_lanes limit 1`.execute(deps.db)).then(
        () => [],
        () => ["the database (is it up, and has 'throughline migrate' run?)"],
      ),
      probe(pollers(deps)).then(
        (count) => (count > 0 ? [] : ['a worker for journeys']),
        () => ['Temporal'],
      ),
    ]);
    return [...database, ...temporal];
  };
}

async function pollers(deps: {
  readonly client: () => Promise<Client>;
  readonly namespace: string;
  readonly taskQueue: string;
}): Promise<number> {
  const client = await deps.client();
  const answer = await client.workflowService.describeTaskQueue({
    namespace: deps.namespace,
    taskQueue: { name: deps.taskQueue },
    taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  });
  return answer.pollers.length;
}

/** A probe that does not answer in time counts as failed. */
function probe<T>(answer: Promise<T>): Promise<T> {
  return withTimeout(answer, PROBE_MS, () => {
    throw new Error(`no answer within ${PROBE_MS} ms`);
  });
}
