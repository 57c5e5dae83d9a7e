import { continueAsNew, proxyActivities, sleep } from '@temporalio/workflow';
import type { SystemActivities } from '../../activities/system/protocol';

const { expireConsents } = proxyActivities<SystemActivities>({
  startToCloseTimeout: '1 day',
  heartbeatTimeout: '1 minute',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 hour' },
});

/** Ends the consents that have lapsed, once a day, for ever. */
export async function consentExpiry(): Promise<void> {
  for (let day = 0; day < 100; day++) {
    await expireConsents();
    await sleep('1 day', { summary: 'next sweep of lapsed consents' });
  }
  await continueAsNew<typeof consentExpiry>();
}
