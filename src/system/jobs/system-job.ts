import type { ScheduleSpec } from '@temporalio/client';
import type { Policy } from '../../app';

/**
 * Periodic work of the engine. Each job is a Temporal Schedule, so operators see when it last ran and
 * runs next, pause it, and run it now, in the Temporal Web UI under Schedules.
 */
export interface SystemJob {
  /** Unique and stable: the schedule's id is `<task queue>/<id>`, and its workflows begin with that. */
  readonly id: string;
  /** The type of the workflow that one run starts on the system task queue, without arguments. */
  readonly workflow: string;
  readonly spec: ScheduleSpec;
  /** A description in one sentence: shown as the schedule's note and the summary of its workflows. */
  readonly description: string;
  /** Also runs when a worker starts, unless it is paused. */
  readonly runsAtStart?: boolean;
  /** Whether the application needs it; by default it does. */
  readonly isNeeded?: (policy: Policy) => boolean;
}
