import {
  ApplicationFailure,
  defineQuery,
  defineSignal,
  defineUpdate,
  setHandler,
} from '@temporalio/workflow';
import { engine } from './engine';
import { ROUTED_SIGNAL, STATUS_QUERY, type PassageStatus, type RoutedSignal } from './messages';
import type { Passage } from './passage';

const routed = defineSignal<[RoutedSignal]>(ROUTED_SIGNAL);
const status = defineQuery<PassageStatus>(STATUS_QUERY);
const pause = defineUpdate<PassageStatus>('pause');
const resume = defineUpdate<PassageStatus>('resume');
const skipWait = defineUpdate<PassageStatus>('skipWait');
const exit = defineUpdate<PassageStatus, [reason?: string]>('exit');

/** What routing and operators may say to a running journey. */
export function answerOperators(passage: Passage): void {
  const { enrollmentId } = passage;
  setHandler(routed, (signal) => passage.receive(signal.items));
  setHandler(status, () => passage.status());
  setHandler(
    pause,
    async () => {
      if (!passage.paused) {
        passage.pause();
        passage.tell('paused by an operator');
        await engine.setPaused({ enrollmentId, pausedAt: Date.now() });
      }
      return passage.status();
    },
    { validator: () => refuseWhenEnded(passage) },
  );
  setHandler(
    resume,
    async () => {
      if (passage.paused) {
        passage.resume();
        passage.tell('resumed by an operator');
        await engine.setPaused({ enrollmentId, pausedAt: null });
      }
      return passage.status();
    },
    { validator: () => refuseWhenEnded(passage) },
  );
  setHandler(
    skipWait,
    () => {
      passage.skipWait();
      passage.tell('wait skipped by an operator');
      return passage.status();
    },
    {
      validator: () => {
        refuseWhenEnded(passage);
        if (!passage.waiting) refuse('is not waiting, so there is no wait to skip');
        if (passage.paused) refuse('is paused; resume it first');
      },
    },
  );
  setHandler(
    exit,
    (reason?: string) => {
      passage.end('exited', reason ?? 'operator');
      return passage.status();
    },
    { validator: (_reason?: string) => refuseWhenEnded(passage) },
  );
}

function refuseWhenEnded(passage: Passage): void {
  if (passage.stopped !== undefined) refuse('has ended');
}

function refuse(what: string): never {
  throw ApplicationFailure.nonRetryable(`The enrollment ${what}.`, 'EnrollmentState');
}
