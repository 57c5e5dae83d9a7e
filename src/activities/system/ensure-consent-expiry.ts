import type { Client } from '@temporalio/client';
import { CONSENT_EXPIRY, systemQueue } from './protocol';

/** Makes the daily sweep of lapsed consents run, once however many processes ask for it. */
export async function ensureConsentExpiry(client: Client, taskQueue: string): Promise<void> {
  await client.workflow.start(CONSENT_EXPIRY, {
    workflowId: 'sweep/consents',
    taskQueue: systemQueue(taskQueue),
    args: [],
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: 'ends consents that were never confirmed or have gone stale',
  });
}
