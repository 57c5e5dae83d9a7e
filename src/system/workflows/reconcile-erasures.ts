import { proxyActivities } from '@temporalio/workflow';
import type { SystemActivities } from '../../activities/system/protocol';

const activities = proxyActivities<SystemActivities>({
  startToCloseTimeout: '1 minute',
  // The next run follows within a minute.
  retry: { maximumAttempts: 3 },
});

/** One run of the system job `erasure-reconciliation`; the result is the number of open erasures. */
export async function reconcileErasures(): Promise<{ readonly open: number }> {
  return activities.reconcileErasures();
}
