import { proxyActivities, sleep } from '@temporalio/workflow';
import type { ErasureInput, SystemActivities } from '../../activities/system/protocol';

const { erase } = proxyActivities<SystemActivities>({
  startToCloseTimeout: '1 day',
  heartbeatTimeout: '20 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/**
 * Erases a customer: immediately, and again after the time in which in-flight work must have ended (a
 * workflow start by the relay, a delivery). It identifies its request by a random id, and contains
 * nothing about the customer.
 */
export async function eraseCustomer(input: ErasureInput): Promise<void> {
  const { requestId, settleMs } = input;
  await erase({ requestId, last: false });
  await sleep(settleMs, { summary: 'waits until in-flight work has ended' });
  await erase({ requestId, last: true });
}
