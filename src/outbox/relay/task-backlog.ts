import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import type { Backlog } from './start-pace';

const { TASK_QUEUE_TYPE_ACTIVITY, TASK_QUEUE_TYPE_WORKFLOW } = temporal.api.enums.v1.TaskQueueType;

/** How long to wait before asking a server again that does not report its backlog. */
const ASK_AGAIN_MS = 60_000;

const NOTHING: Backlog = { tasks: 0, ageMs: 0 };

/**
 * The server's estimate of the backlog of the task queues of journeys and deliveries. A server that
 * does not report it (an old one, or a test server) counts as having no backlog.
 */
export function createBacklog(
  client: Client,
  queues: { readonly journeys: string; readonly deliveries: readonly string[] },
): () => Promise<Backlog> {
  let silentUntil = 0;

  async function ask(name: string, type: temporal.api.enums.v1.TaskQueueType): Promise<Backlog> {
    const { stats } = await client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name },
      taskQueueType: type,
      reportStats: true,
    });
    if (stats === null || stats === undefined) return NOTHING;
    const age = stats.approximateBacklogAge;
    return {
      tasks: Number(stats.approximateBacklogCount ?? 0),
      ageMs: Number(age?.seconds ?? 0) * 1000 + (age?.nanos ?? 0) / 1e6,
    };
  }

  return async () => {
    if (performance.now() < silentUntil) return NOTHING;
    try {
      const found = await Promise.all([
        ask(queues.journeys, TASK_QUEUE_TYPE_WORKFLOW),
        ...queues.deliveries.map((name) => ask(name, TASK_QUEUE_TYPE_ACTIVITY)),
      ]);
      return {
        tasks: found.reduce((sum, { tasks }) => sum + tasks, 0),
        ageMs: found.reduce((most, { ageMs }) => Math.max(most, ageMs), 0),
      };
    } catch {
      // If the server is unavailable, the start itself fails and the relay backs off.
      silentUntil = performance.now() + ASK_AGAIN_MS;
      return NOTHING;
    }
  };
}
