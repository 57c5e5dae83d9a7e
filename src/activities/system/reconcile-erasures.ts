import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { Db } from '../../db/transaction';
import type { Logger } from '../../logger';
import { openErasures } from '../../privacy/erasure';
import { ERASE_CUSTOMER, erasureWorkflowId, systemQueue, type ErasureInput } from './protocol';

/** What a relay had in hand, or a delivery had begun, has arrived by then. */
const SETTLE_MS = 60_000;
const LOOK_AGAIN_MS = 15_000;

/** Starts what works an erasure off; one that runs goes on. */
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
 * Sees to it that every erasure that was asked for is worked off: those that a preference centre has
 * written down, and those for which Temporal was away or whose workflow somebody ended.
 *
 * @returns how to stop
 */
export function reconcileErasures(deps: {
  readonly db: Db;
  readonly client: () => Promise<Client>;
  readonly taskQueue: string;
  readonly logger: Logger;
}): () => Promise<void> {
  const { db, client, taskQueue, logger } = deps;
  async function look(): Promise<void> {
    try {
      const open = await openErasures(db);
      if (open.length === 0) return;
      const connected = await client();
      for (const requestId of open) await startErasure(connected, taskQueue, requestId);
    } catch (error) {
      logger.warn({ error }, 'erasures that wait could not be started; they are tried again');
    }
  }
  let looking = look();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, LOOK_AGAIN_MS);
  return async () => {
    clearInterval(timer);
    await looking;
  };
}
