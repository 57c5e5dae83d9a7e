import { proxyActivities } from '@temporalio/workflow';
import type { RetentionResult, SystemActivities } from '../../activities/system/protocol';

const activities = proxyActivities<SystemActivities>({
  startToCloseTimeout: '1 day',
  heartbeatTimeout: '30 minutes',
  retry: { initialInterval: '10 seconds', backoffCoefficient: 2, maximumInterval: '10 minutes' },
});

/** One run of the system job `retention`; the result lists the deleted data. */
export async function enforceRetention(): Promise<RetentionResult> {
  return activities.enforceRetention();
}
