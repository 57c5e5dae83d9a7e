import {
  ApplicationFailure,
  defineQuery,
  defineSignal,
  defineUpdate,
  setHandler,
} from '@temporalio/workflow';
import { engine } from './engine';
import {
  ROUTED_SIGNAL,
  STATUS_QUERY,
  type EnrollmentRunStatus,
  type RoutedSignal,
} from './protocol';
import type { EnrollmentRun } from './enrollment-run';

const routed = defineSignal<[RoutedSignal]>(ROUTED_SIGNAL);
const status = defineQuery<EnrollmentRunStatus>(STATUS_QUERY);
const pause = defineUpdate<EnrollmentRunStatus>('pause');
const resume = defineUpdate<EnrollmentRunStatus>('resume');
const skipWait = defineUpdate<EnrollmentRunStatus>('skipWait');
const exit = defineUpdate<EnrollmentRunStatus, [reason?: string]>('exit');

/** Registers the signal of routing, the status query, and the updates that operators send. */
export function registerHandlers(run: EnrollmentRun): void {
  const { enrollmentId } = run;
  setHandler(routed, (signal) => run.receive(signal.items));
  setHandler(status, () => run.status());
  setHandler(
    pause,
    async () => {
      if (!run.paused) {
        run.pause();
        run.log('paused by an operator');
        await engine.setPaused({ enrollmentId, pausedAt: Date.now() });
      }
      return run.status();
    },
    { validator: () => refuseWhenEnded(run) },
  );
  setHandler(
    resume,
    async () => {
      if (run.paused) {
        run.resume();
        run.log('resumed by an operator');
        await engine.setPaused({ enrollmentId, pausedAt: null });
      }
      return run.status();
    },
    { validator: () => refuseWhenEnded(run) },
  );
  setHandler(
    skipWait,
    () => {
      run.skipWait();
      run.log('an operator skipped the wait');
      return run.status();
    },
    {
      validator: () => {
        refuseWhenEnded(run);
        if (!run.waiting) refuse('is not waiting, so there is no wait to skip');
        if (run.paused) refuse('is paused; resume it first');
      },
    },
  );
  setHandler(
    exit,
    (reason?: string) => {
      run.end('exited', reason ?? 'operator');
      return run.status();
    },
    { validator: (_reason?: string) => refuseWhenEnded(run) },
  );
}

function refuseWhenEnded(run: EnrollmentRun): void {
  if (run.stopped !== undefined) refuse('has ended');
}

function refuse(what: string): never {
  throw ApplicationFailure.nonRetryable(`The enrollment ${what}.`, 'EnrollmentState');
}
