import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Config } from '../config';
import { isRunning } from '../embedded/processes/running-process';

export interface RunningSystem {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
}

/** The addresses of the embedded system of this home; undefined if none is running. */
export function runningSystem(config: Config): RunningSystem | undefined {
  const file = join(resolve(config.THROUGHLINE_HOME), 'running.json');
  if (!existsSync(file)) return undefined;
  const { pid, ...running } = JSON.parse(readFileSync(file, 'utf8')) as RunningSystem & {
    pid: number;
  };
  // A system that was killed leaves its file behind.
  if (!isRunning(pid)) return undefined;
  return running;
}
