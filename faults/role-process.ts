import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export type Role = 'api' | 'relay' | 'worker';

export interface RoleSettings extends ProcessSetting {
  readonly role: Role;
  /** Where its output goes. */
  readonly logFolder: string;
  readonly note: (sentence: string) => void;
}

/** What a process is given in addition to its command. */
export interface ProcessSetting {
  readonly environment: Readonly<Record<string, string>>;
  /** Modules that the process loads before the product. */
  readonly preloaded: readonly string[];
}

/** A process of the product, restarted when it exits, as an orchestrator would do. */
export interface RoleProcess {
  /** kill -9; it stays down until `start`. */
  kill(): Promise<void>;
  /** Starts it; the options apply until the process exits. */
  start(once?: Partial<ProcessSetting>): void;
  /** Resolves once it reports that it serves, or after half a minute, since faults may prevent it. */
  serves(): Promise<void>;
  /** How often it exited without having been killed. */
  readonly endsByItself: number;
}

const MAIN = join(__dirname, '..', 'dist', 'src', 'cli', 'main.js');
const AGAIN_MS = 1_000;
const SERVES_MS = 30_000;

/** What each role writes to its standard error once it serves. */
const SERVING = {
  api: 'The API listens',
  relay: 'The relay runs',
  worker: 'The worker runs',
} as const satisfies Record<Role, string>;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Creates a process of one role; the first `start` starts it. */
export function createRoleProcess(settings: RoleSettings): RoleProcess {
  const { role, environment, preloaded, logFolder, note } = settings;
  let child: ChildProcess | undefined;
  let wanted = false;
  let endsByItself = 0;
  let serving = Promise.resolve();

  function spawnOne(once: Partial<ProcessSetting>): void {
    const logFile = join(logFolder, `${role}.log`);
    const output = openSync(logFile, 'a');
    const required = [...preloaded, ...(once.preloaded ?? [])].flatMap((module) => [
      '--require',
      module,
    ]);
    const spawned = spawn(process.execPath, [...required, MAIN, role], {
      stdio: ['ignore', output, 'pipe'],
      env: { ...environment, ...once.environment },
    });
    closeSync(output);
    child = spawned;
    running.add(spawned);
    serving = new Promise((resolve) => {
      spawned.stderr?.on('data', (chunk: Buffer) => {
        appendFileSync(logFile, chunk);
        if (chunk.includes(SERVING[role])) resolve();
      });
    });
    spawned.once('exit', (code, signal) => {
      running.delete(spawned);
      if (!wanted || child !== spawned) return;
      endsByItself += 1;
      note(`The ${role} ended by itself (${signal ?? `code ${code}`}) and is started again.`);
      void pause(AGAIN_MS).then(() => {
        if (wanted && child === spawned) spawnOne({});
      });
    });
  }

  return {
    get endsByItself() {
      return endsByItself;
    },
    start(once = {}) {
      wanted = true;
      spawnOne(once);
    },
    async serves() {
      await Promise.race([serving, pause(SERVES_MS, undefined, { ref: false })]);
    },
    async kill() {
      wanted = false;
      const killed = child;
      child = undefined;
      if (killed === undefined || killed.exitCode !== null || killed.signalCode !== null) return;
      const gone = new Promise((resolve) => killed.once('exit', resolve));
      killed.kill('SIGKILL');
      await gone;
    },
  };
}
