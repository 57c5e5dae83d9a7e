import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client';
import { durationMs } from '../../domain/duration';
import type { RetainDeps } from './retain';
import { KEEP_RETENTION, systemQueue } from './protocol';

const SCHEDULE_ID = 'retention';

/** In the night of most shops, and off the full hour, when everybody's jobs begin. */
const DAILY = { hour: 3, minute: 17, comment: 'each day' };

/**
 * Makes the schedule that enforces the retention periods, or takes it away where the policy names
 * none. Safe to repeat, and from several processes at once.
 *
 * @throws {RangeError} a period that is no duration
 */
export async function ensureRetention(
  client: Client,
  retention: RetainDeps['retention'],
  taskQueue: string,
): Promise<void> {
  const periods = Object.values(retention).filter((period) => period !== undefined);
  for (const period of periods) durationMs(period);
  const handle = client.schedule.getHandle(SCHEDULE_ID);
  if (periods.length === 0) {
    await handle.delete().catch((error: unknown) => {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
    });
    return;
  }
  const schedule = {
    spec: { calendars: [DAILY] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 day' },
    action: {
      type: 'startWorkflow',
      workflowType: KEEP_RETENTION,
      workflowId: SCHEDULE_ID,
      taskQueue: systemQueue(taskQueue),
      args: [],
    },
  } satisfies Omit<ScheduleOptions, 'scheduleId'>;
  try {
    await client.schedule.create({ scheduleId: SCHEDULE_ID, ...schedule });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await handle.update((before) => ({ ...schedule, state: before.state }));
  }
}
