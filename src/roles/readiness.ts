import type { Client } from '@temporalio/client';
import { temporal as proto } from '@temporalio/proto';
import { sql } from 'kysely';
import type { Db } from '../db/transaction';

const PROBE_MS = 3_000;
const { TaskQueueType } = proto.api.enums.v1;

/**
 * What keeps the system from taking events and running journeys, as seen from one process: the
 * database, Temporal, and a worker that waits for journeys (in this process or another).
 */
export function createReadiness(deps: {
  readonly db: Db;
  readonly client: () => Promise<Client>;
  readonly namespace: string;
  readonly taskQueue: string;
}): () => Promise<readonly string[]> {
  return async () => {
    const [database, temporal] = await Promise.all([
      within(sql`select 1 from relay_lanes limit 1`.execute(deps.db)).then(
        () => [],
        () => ["the database (is it up, and has 'throughline migrate' run?)"],
      ),
      within(pollers(deps)).then(
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
async function within<T>(probe: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), PROBE_MS);
  });
  try {
    return await Promise.race([probe, late]);
  } finally {
    clearTimeout(timer);
  }
}
