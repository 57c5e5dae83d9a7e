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

const MAX_RESTARTS = 5;
const RESTART_WINDOW_MS = 60_000;

// Children have their own process groups, so they are signalled when this process exits.
const signalAtExit = new Map<number, NodeJS.Signals>();
let exitHookSet = false;

/**
 * Starts a child, and restarts it when it exits by itself or is killed. Gives up, and logs it, when it
 * exits more than five times in a minute.
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
    for (let reason = `exited (${how})`; !state.stopping;) {
      ends.push(Date.now());
      if (ends.filter((at) => Date.now() - at < RESTART_WINDOW_MS).length > MAX_RESTARTS) {
        return log(
          `${title} ${reason}: crash loop (${MAX_RESTARTS + 1} exits in ${RESTART_WINDOW_MS / 1000} s); giving up.`,
        );
      }
      log(`${title} ${reason}; restarting it.`);
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
      // A restart in progress must finish first, or its child would be orphaned.
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
        // It has exited already.
      }
    }
  });
}
