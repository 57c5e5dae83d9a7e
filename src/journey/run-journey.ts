import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  continueAsNew,
  TemporalFailure,
} from '@temporalio/workflow';
import { createJourney, JourneyExit } from './create-journey';
import { engine } from './engine';
import type { Journey } from './journey';
import type { EnrollmentStart, EnrollmentResult } from './protocol';
import { registerHandlers } from './register-handlers';
import type { JourneyFailure, JourneyOptions } from './options';
import { EnrollmentRun } from './enrollment-run';

type Body = (j: Journey) => Promise<void>;

/**
 * Runs one enrollment to its end, from its start or from the state of an earlier run.
 *
 * The body runs in its own cancellation scope. The first stop wins: the end of the body, an exit
 * event, the goal, an operator, or a long history. The end is recorded in Postgres before the
 * workflow completes, so that routing and re-entry rules never treat a completed workflow as active.
 *
 * @throws {ApplicationFailure} when the body failed and `onFailure` is `'fail'`
 */
export async function runJourney(
  options: JourneyOptions,
  body: Body,
  start: EnrollmentStart,
): Promise<EnrollmentResult> {
  const run = new EnrollmentRun(start, options.overdue ?? 'catch up');
  registerHandlers(run);

  let failure: TemporalFailure | undefined;
  let crash: unknown;
  let cancelled: CancelledFailure | undefined;
  CancellationScope.current().cancelRequested.catch((error: CancelledFailure) => {
    cancelled = error;
    run.end('exited', 'cancelled');
  });

  void run.scope.run(async () => {
    try {
      await runBody(run, options, body);
      run.end('completed', 'finished');
    } catch (error) {
      if (error instanceof JourneyExit) run.end('exited', error.reason);
      else if (error instanceof TemporalFailure) {
        failure = error;
        run.end('failed', describeFailure(error).message.slice(0, 300));
      } else {
        crash = error;
        run.end('failed', 'crash');
      }
    }
  });

  return CancellationScope.nonCancellable(async () => {
    const stop = await run.settled();
    // A bug in the body fails the workflow task, not the workflow: fixed code continues from here.
    if (crash !== undefined) throw crash;
    if (stop.kind === 'continue') {
      return continueAsNew<(next: EnrollmentStart) => Promise<EnrollmentResult>>({
        ...start,
        carried: run.carried(),
      });
    }
    const { status, reason } = stop.result;
    await engine.close({ enrollmentId: run.enrollmentId, status, reason, at: Date.now() });
    if (cancelled !== undefined) throw cancelled;
    if (failure !== undefined && status === 'failed') throw failure;
    return stop.result;
  });
}

async function runBody(run: EnrollmentRun, options: JourneyOptions, body: Body): Promise<void> {
  const j = createJourney(run, options);
  try {
    await body(j);
  } catch (error) {
    if (!(error instanceof TemporalFailure) || run.stopped !== undefined) throw error;
    const { onFailure = 'fail' } = options;
    if (onFailure === 'fail') throw error;
    const described = describeFailure(error);
    run.log(`failed: ${described.message}`);
    if (onFailure !== 'complete') await onFailure(j, described);
  }
}

function describeFailure(failure: TemporalFailure): JourneyFailure {
  const cause =
    failure instanceof ActivityFailure && failure.cause instanceof Error ? failure.cause : failure;
  const type = cause instanceof ApplicationFailure ? (cause.type ?? cause.name) : cause.name;
  return { type, message: cause.message };
}
