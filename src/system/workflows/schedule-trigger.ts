import { continueAsNew, proxyActivities, proxyLocalActivities, sleep } from '@temporalio/workflow';
import type { ScheduleInput, SystemActivities } from '../../activities/system/protocol';

const { occurrences } = proxyLocalActivities<SystemActivities>({
  startToCloseTimeout: '20 seconds',
  // An invalid recurrence stays invalid.
  retry: { nonRetryableErrorTypes: ['RangeError'] },
});

const { enterScheduled } = proxyActivities<SystemActivities>({
  startToCloseTimeout: '1 day',
  heartbeatTimeout: '1 minute',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/**
 * Enrolls customers in a journey each time its recurrence is due, until the recurrence ends. After an
 * outage only the latest missed occurrence is caught up on, once.
 */
export async function scheduleTrigger(input: ScheduleInput): Promise<void> {
  const { journey, recurrence, zone, filter, segment } = input;
  const after = input.after ?? Date.now();
  let found = await occurrences({ recurrence, zone, after, now: Date.now() });
  while (found.due === null) {
    if (found.next === null) return;
    await sleep(Math.max(1, found.next - Date.now()), { summary: `next entries into ${journey}` });
    found = await occurrences({ recurrence, zone, after, now: Date.now() });
  }
  const who = segment === undefined ? {} : { segment };
  await enterScheduled({ journey, occurrence: found.due, filter, ...who });
  await continueAsNew<typeof scheduleTrigger>({ ...input, after: found.due });
}
