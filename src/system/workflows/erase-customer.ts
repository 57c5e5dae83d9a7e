import { proxyActivities, sleep } from '@temporalio/workflow';
import type { ErasureInput, SystemActivities } from '../../activities/system/protocol';

const { erase } = proxyActivities<SystemActivities>({
  startToCloseTimeout: '1 day',
  heartbeatTimeout: '20 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/**
 * Erases a customer, until nothing is left: once at once, and again when whatever was on its way
 * must have arrived (a start that the relay had in hand, a delivery). Knows its request by a random
 * id and nothing of the customer.
 */
export async function eraseCustomer(input: ErasureInput): Promise<void> {
  const { requestId, settleMs } = input;
  await erase({ requestId, last: false });
  await sleep(settleMs, { summary: 'what was on its way arrives' });
  await erase({ requestId, last: true });
}
