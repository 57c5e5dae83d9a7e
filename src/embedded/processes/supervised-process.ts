import { setTimeout as pause } from 'node:timers/promises';
import { reasonOf } from './error-facts';
import type { Log } from './log';
import { type Escalation, stopProcess } from './running-process';

/** A child that has become ready. */
export interface StartedChild {
  readonly pid: number;
  /** Settles with how it ended (`SIGKILL`, `code 1`). */
  readonly exited: Promise<string>;
}

export interface SupervisedProcess {
  /** The pid of the child that runs now. */
  readonly pid: number;
  stop(): Promise<void>;
}

interface Deps {
  readonly title: string;
  /** Starts the child on the ports it had before and resolves once it is ready. */
  readonly start: () => Promise<StartedChild>;
  readonly escalation: readonly Escalation[];
  readonly log: Log;
}

const RESTARTS = 5;
const WITHIN_MS = 60_000;

// Children live in process groups of their own, so nothing ends them with us when we end in a hurry.
const signalAtExit = new Map<number, NodeJS.Signals>();
let exitHookSet = false;

/**
 * Starts a child and starts it again when it ends unasked, as when it is killed. Gives up, with a
 * sentence in the log, when it ends more than five times in a minute.
 */
export async function keepRunning({
  title,
  start,
  escalation,
  log,
}: Deps): Promise<SupervisedProcess> {
  const state = { stopping: false };
  let restarting: Promise<void> = Promise.resolve();
  const ends: number[] = [];

  const watch = (child: StartedChild): void => {
    endWithUs(child.pid, escalation[0]?.signal ?? 'SIGTERM');
    void child.exited.then((how) => {
      signalAtExit.delete(child.pid);
      if (!state.stopping) restarting = restart(how);
    });
  };

  const restart = async (how: string): Promise<void> => {
    for (let reason = `ended by itself (${how})`; !state.stopping;) {
      ends.push(Date.now());
      if (ends.filter((at) => Date.now() - at < WITHIN_MS).length > RESTARTS) {
        return log(`${title} ${reason}, once more than can be a chance: it is not started again.`);
      }
      log(`${title} ${reason}; starting it again.`);
      try {
        current = await start();
        return watch(current);
      } catch (error) {
        reason = `did not start: ${reasonOf(error)}`;
        await pause(500);
      }
    }
  };

  let current = await start();
  watch(current);
  return {
    get pid() {
      return current.pid;
    },
    async stop() {
      state.stopping = true;
      // A restart under way must come to its end first, or its child would outlive us.
      await restarting;
      await stopProcess(current.pid, escalation);
      signalAtExit.delete(current.pid);
    },
  };
}

function endWithUs(pid: number, signal: NodeJS.Signals): void {
  signalAtExit.set(pid, signal);
  if (exitHookSet) return;
  exitHookSet = true;
  process.on('exit', () => {
    for (const [child, last] of signalAtExit) {
      try {
        process.kill(child, last);
      } catch {
        // It has ended already.
      }
    }
  });
}
