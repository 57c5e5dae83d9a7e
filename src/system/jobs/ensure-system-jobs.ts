import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleHandle,
  type ScheduleOptions,
} from '@temporalio/client';
import { systemQueue } from '../../activities/system/protocol';
import type { Policy } from '../../app';
import type { SystemJob } from './system-job';
import { systemJobs } from './system-jobs';

/** The memo by which a schedule is recognised as a system job; its value is the job's id. */
const JOB_MEMO = 'throughlineJob';

/** A run that was missed in an outage is made up for once within this time. */
const CATCH_UP_WINDOW = '1 day';

/**
 * Reconciles the Temporal Schedules of this task queue with the system jobs: creates missing ones,
 * updates changed ones, and deletes those that are no longer needed. A paused job stays paused.
 * Idempotent and safe to run concurrently.
 *
 * Needs a server with schedules, which the time-skipping test server is not.
 *
 * @param jobs for tests; by default the `systemJobs` that the policy needs
 */
export async function ensureSystemJobs(
  client: Client,
  { taskQueue, policy }: { readonly taskQueue: string; readonly policy: Policy },
  jobs: readonly SystemJob[] = systemJobs,
): Promise<void> {
  for (const job of jobs) {
    if (job.isNeeded?.(policy) === false) {
      await deleteSchedule(client.schedule.getHandle(scheduleId(taskQueue, job.id)));
    } else {
      await ensureJob(client, job, taskQueue);
    }
  }
  await deleteUnknown(client, new Set(jobs.map(({ id }) => id)), taskQueue);
}

/** @example scheduleId('throughline', 'retention') // 'throughline/retention' */
export function scheduleId(taskQueue: string, jobId: string): string {
  return `${taskQueue}/${jobId}`;
}

async function ensureJob(client: Client, job: SystemJob, taskQueue: string): Promise<void> {
  const id = scheduleId(taskQueue, job.id);
  const schedule = {
    spec: job.spec,
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP_WINDOW },
    action: {
      type: 'startWorkflow',
      workflowType: job.workflow,
      workflowId: id,
      taskQueue: systemQueue(taskQueue),
      args: [],
      staticSummary: job.description,
    },
  } satisfies Omit<ScheduleOptions, 'scheduleId'>;
  const handle = client.schedule.getHandle(id);
  try {
    await client.schedule.create({
      scheduleId: id,
      ...schedule,
      state: { note: job.description },
      memo: { [JOB_MEMO]: job.id, description: job.description },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await handle.update(({ state }) => ({ ...schedule, state }));
  }
  if (job.runsAtStart === true && !(await handle.describe()).state.paused) await handle.trigger();
}

/** Deletes the jobs of earlier versions. The list of schedules is eventually consistent. */
async function deleteUnknown(
  client: Client,
  known: ReadonlySet<string>,
  taskQueue: string,
): Promise<void> {
  for await (const { scheduleId: id, memo } of client.schedule.list()) {
    const jobId = memo?.[JOB_MEMO];
    // Another task queue of this namespace may belong to another application.
    if (typeof jobId !== 'string' || id !== scheduleId(taskQueue, jobId)) continue;
    if (!known.has(jobId)) await deleteSchedule(client.schedule.getHandle(id));
  }
}

async function deleteSchedule(handle: ScheduleHandle): Promise<void> {
  try {
    await handle.delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}
