import type { Client } from '@temporalio/client';
import { CONSENT_SWEEP, systemQueue } from './messages';

/** Makes the daily sweep of lapsed consents run, once however many processes ask for it. */
export async function ensureConsentSweep(client: Client, taskQueue: string): Promise<void> {
  await client.workflow.start(CONSENT_SWEEP, {
    workflowId: 'sweep/consents',
    taskQueue: systemQueue(taskQueue),
    args: [],
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: 'ends consents that were never confirmed or have gone stale',
  });
}
