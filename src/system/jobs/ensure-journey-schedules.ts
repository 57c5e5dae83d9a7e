import {
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type Client,
} from '@temporalio/client';
import { parseRecurrence } from '../../domain/schedule/recurrence';
import { triggersOf, type JourneyIndex } from '../../enrollments/journey-index';
import {
  SCHEDULE_TRIGGER,
  scheduleFingerprint,
  scheduleWorkflowId,
  systemQueue,
  type ScheduleInput,
} from '../../activities/system/protocol';

/** The memo of a schedule's workflow with its declaration. */
const FINGERPRINT = 'throughlineSchedule';

/** gRPC's UNIMPLEMENTED. */
const UNIMPLEMENTED = 12;

/**
 * Reconciles the running schedules with those that the journeys declare: starts missing ones, restarts
 * changed ones, and ends those that no journey declares any more. Idempotent and safe to run
 * concurrently.
 *
 * @throws {RangeError} a recurrence or zone that cannot be read, before anything is changed
 */
export async function ensureJourneySchedules(
  client: Client,
  index: JourneyIndex,
  taskQueue: string,
): Promise<void> {
  const declared = declaredSchedules(index);
  for (const { recurrence, zone } of declared.values()) {
    parseRecurrence(recurrence).next(new Date(0), zone);
  }
  for (const [workflowId, input] of declared) await ensure(client, workflowId, input, taskQueue);
  await endUndeclared(client, declared);
}

function declaredSchedules(index: JourneyIndex): ReadonlyMap<string, ScheduleInput> {
  const schedules = new Map<string, ScheduleInput>();
  for (const journey of index.names()) {
    const options = index.options(journey);
    if (options === undefined) continue;
    const triggers = triggersOf(options).filter((trigger) => trigger.kind === 'schedule');
    for (const [number, { recurrence, zone, filter, segment }] of triggers.entries()) {
      const who = segment === undefined ? {} : { segment };
      const input: ScheduleInput = { v: 1, journey, recurrence, zone, filter, ...who, after: null };
      schedules.set(scheduleWorkflowId(journey, number), input);
    }
  }
  return schedules;
}

async function ensure(
  client: Client,
  workflowId: string,
  input: ScheduleInput,
  taskQueue: string,
): Promise<void> {
  const fingerprint = scheduleFingerprint(input);
  const running = await runningFingerprint(client, workflowId);
  if (running === fingerprint) return;
  try {
    await client.workflow.start(SCHEDULE_TRIGGER, {
      workflowId,
      taskQueue: systemQueue(taskQueue),
      args: [input],
      workflowIdConflictPolicy: running === undefined ? 'FAIL' : 'TERMINATE_EXISTING',
      memo: { [FINGERPRINT]: fingerprint },
      staticSummary: `enrolls customers in ${input.journey}: ${input.recurrence} (${input.zone})`,
    });
  } catch (error) {
    // Another process started it concurrently.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/** The declaration of the running schedule; undefined if none is running, '' if it has no memo. */
async function runningFingerprint(client: Client, workflowId: string): Promise<string | undefined> {
  try {
    const { status, memo } = await client.workflow.getHandle(workflowId).describe();
    if (status.name !== 'RUNNING') return undefined;
    const fingerprint = memo?.[FINGERPRINT];
    return typeof fingerprint === 'string' ? fingerprint : '';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

async function endUndeclared(
  client: Client,
  declared: ReadonlyMap<string, ScheduleInput>,
): Promise<void> {
  const query = `WorkflowType = '${SCHEDULE_TRIGGER}' and ExecutionStatus = 'Running'`;
  try {
    for await (const { workflowId } of client.workflow.list({ query })) {
      if (declared.has(workflowId)) continue;
      await client.workflow
        .getHandle(workflowId)
        .terminate('its journey no longer declares this schedule')
        .catch((error: unknown) => {
          if (!(error instanceof WorkflowNotFoundError)) throw error;
        });
    }
  } catch (error) {
    // The time-skipping test server cannot list workflows; it starts without any.
    if (!hasCode(error, UNIMPLEMENTED)) throw error;
  }
}

function hasCode(error: unknown, code: number): boolean {
  if (isGrpcServiceError(error)) return (error.code as number) === code;
  const cause = (error as { cause?: unknown }).cause;
  return cause !== undefined && cause !== null && hasCode(cause, code);
}
