import { isCancellation } from '@temporalio/workflow';
import { engine } from '../engine';
import type { JourneyWrite } from '../engine-activities';
import type { TaskOptions, TaskOutcome } from '../journey';
import type { EnrollmentRun } from '../enrollment-run';
import { waitFor } from './wait-for';
import { waitLength } from './wait-length';

const DEFAULT_TIMEOUT = '30 days';

/**
 * Opens a task and waits for its `Task Completed` event. A task that was not completed in time, or
 * whose customer left the journey, is cancelled.
 */
export async function task(
  run: EnrollmentRun,
  write: JourneyWrite,
  kind: string,
  options: TaskOptions,
): Promise<TaskOutcome> {
  const { taskId, reason } = await engine.openTask({
    ...write,
    journey: run.journey,
    kind,
    title: options.title,
    details: options.details ?? {},
    dueAt: options.due === undefined ? null : Date.now() + waitLength(options.due),
  });
  // Opening the task also subscribed to its completion.
  run.listens.add('Task Completed');
  if (taskId === null) {
    run.log(`did not open task ${kind}: ${reason}`);
    return { completed: false, outcome: reason };
  }
  const cancel = () => engine.cancelTask({ taskId, at: Date.now() });
  try {
    const done = await waitFor(run, 'Task Completed', {
      where: (event) => event.properties['task_id'] === taskId,
      timeout: options.timeout ?? DEFAULT_TIMEOUT,
    });
    if (done !== undefined) {
      return { taskId, completed: true, outcome: textOf(done.properties['outcome']) };
    }
  } catch (error) {
    if (isCancellation(error)) await cancel();
    throw error;
  }
  await cancel();
  return { taskId, completed: false, outcome: 'timed-out' };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
