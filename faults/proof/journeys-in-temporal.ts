import { Client, type Connection } from '@temporalio/client';

/** The journeys of a system as Temporal has them. */
export interface JourneysInTemporal {
  /** The number of running workflows. */
  running(): Promise<number>;
  /** The statuses of all workflows by their ids. */
  statuses(): Promise<ReadonlyMap<string, string>>;
}

/** Reads them with Temporal's client, over a connection without faults. */
export function journeysIn(connection: Connection, taskQueue: string): JourneysInTemporal {
  const { workflow } = new Client({ connection });
  const query = `TaskQueue = '${taskQueue}'`;
  return {
    async running() {
      const { count } = await workflow.count(`${query} and ExecutionStatus = 'Running'`);
      return count;
    },
    async statuses() {
      const found = new Map<string, string>();
      for await (const { workflowId, status } of workflow.list({ query, pageSize: 1000 })) {
        found.set(workflowId, status.name);
      }
      return found;
    },
  };
}
