import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { Db } from '../../db/transaction';
import { openErasures } from '../../privacy/erasure';
import {
  ERASE_CUSTOMER,
  erasureWorkflowId,
  systemQueue,
  type ErasureInput,
  type SystemActivities,
} from './protocol';

/** After this time no delivery and no relay call from before the erasure is in flight. */
const SETTLE_MS = 60_000;

/** Starts the workflow of an erasure, unless it is running. */
export async function startErasure(
  client: Client,
  taskQueue: string,
  requestId: string,
  settleMs = SETTLE_MS,
): Promise<void> {
  const input: ErasureInput = { v: 1, requestId, settleMs };
  try {
    await client.workflow.start(ERASE_CUSTOMER, {
      workflowId: erasureWorkflowId(requestId),
      taskQueue: systemQueue(taskQueue),
      args: [input],
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: 'erases a customer',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/**
 * Starts every requested erasure that has no running workflow: those requested while Temporal was
 * unavailable, and those whose workflow was ended by an operator. Others start with their request.
 */
export function createReconcileErasures(deps: {
  readonly db: Db;
  readonly client: () => Promise<Client>;
  readonly taskQueue: string;
}): SystemActivities['reconcileErasures'] {
  return async () => {
    const open = await openErasures(deps.db);
    if (open.length === 0) return { open: 0 };
    const client = await deps.client();
    for (const requestId of open) await startErasure(client, deps.taskQueue, requestId);
    return { open: open.length };
  };
}
