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

/** What the relay was sending, or a delivery had begun, has arrived by then. */
const SETTLE_MS = 60_000;

/** Starts the workflow that carries out an erasure; one that runs already continues. */
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
 * Starts every requested erasure that no workflow carries out: those requested while Temporal was
 * unavailable, and those whose workflow somebody ended. Erasures begin at their request otherwise.
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
