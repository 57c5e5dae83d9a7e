import { spawn, type SpawnOptions } from 'node:child_process';
import { closeSync, existsSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import type { StartedChild } from './supervised-process';

const LOG_LIMIT = 10 * 1024 * 1024;

/** The child process of a server, whose output goes to a log file. */
export interface ServerChild extends StartedChild {
  /** How it ended, or undefined while it runs. */
  ended(): string | undefined;
  /** The last of what it wrote since it was started. */
  logTail(): string;
}

/**
 * Spawns a server in its own process group: Ctrl-C would signal the whole group at once, and the order
 * of stops matters. Its output goes to a file, so that the server never blocks on a full pipe.
 */
export function spawnServer(
  program: string,
  args: readonly string[],
  logFile: string,
  options: SpawnOptions,
): Promise<ServerChild> {
  if (existsSync(logFile) && statSync(logFile).size > LOG_LIMIT) {
    renameSync(logFile, `${logFile}.1`);
  }
  const output = openSync(logFile, 'a', 0o600);
  const before = statSync(logFile).size;
  const child = spawn(program, [...args], {
    ...options,
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  // A server that nobody stops must not keep the process alive.
  child.unref();
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => {
      if (child.pid === undefined)
        return reject(new Error(`${program} was started without a pid.`));
      let how: string | undefined;
      const exited = new Promise<string>((settle) => {
        child.once('exit', (code, signal) => {
          how = signal ?? `code ${code}`;
          settle(how);
        });
      });
      resolve({
        pid: child.pid,
        exited,
        ended: () => how,
        logTail: () => tailOf(logFile, before),
      });
    });
  });
}

function tailOf(file: string, from: number): string {
  const { size } = statSync(file);
  const start = Math.max(from, size - 4000);
  const buffer = Buffer.alloc(Math.max(0, size - start));
  const descriptor = openSync(file, 'r');
  readSync(descriptor, buffer, 0, buffer.length, start);
  closeSync(descriptor);
  return buffer.toString('utf8').trim();
}
