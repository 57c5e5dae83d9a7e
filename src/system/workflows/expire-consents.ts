import { proxyActivities } from '@temporalio/workflow';
import type { SystemActivities } from '../../activities/system/protocol';

const activities = proxyActivities<SystemActivities>({
  startToCloseTimeout: '1 day',
  heartbeatTimeout: '1 minute',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 hour' },
});

/** One run of the system job `consent-expiry`; the result is the number of ended consents. */
export async function expireConsents(): Promise<{ readonly expired: number }> {
  return activities.expireConsents();
}
