import { Client, type Connection } from '@temporalio/client';

/** What Temporal itself says of the journeys of one system. */
export interface JourneysInTemporal {
  /** How many workflows run. */
  running(): Promise<number>;
  /** The statuses of all workflows by their ids. */
  statuses(): Promise<ReadonlyMap<string, string>>;
}

/** Asks by Temporal's own client, over a connection that no fault troubles. */
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
