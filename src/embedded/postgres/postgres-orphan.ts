import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../processes/log';
import { commandLineOf, isRunning, stopProcess } from '../processes/running-process';

/** Larger than any pid. */
const UNUSED_PID = 2 ** 31 - 2;

/** Fast shutdown, then immediate shutdown, then none. */
export const POSTGRES_ESCALATION = [
  { signal: 'SIGINT', graceMs: 30_000 },
  { signal: 'SIGQUIT', graceMs: 5_000 },
  { signal: 'SIGKILL', graceMs: 5_000 },
] as const;

/**
 * Stops a Postgres that a killed parent left running on `dataFolder`, so that another can start there.
 */
export async function stopPostgresOrphan(dataFolder: string, log: Log): Promise<void> {
  const file = join(dataFolder, 'postmaster.pid');
  const pid = readPid(file);
  if (pid === undefined) return;
  if (!isRunning(pid)) return markStale(file);
  const command = commandLineOf(pid);
  if (command === undefined) {
    throw new Error(
      `${file} names the running process ${pid}, which may be the embedded Postgres or another ` +
        'program. Stop that process, or remove the file if it is another program.',
    );
  }
  if (command.includes('postgres') && command.includes(dataFolder)) {
    log(`Stopping the Postgres (pid ${pid}) of an earlier run.`);
    await stopProcess(pid, POSTGRES_ESCALATION);
    if (existsSync(file)) markStale(file);
  } else markStale(file);
}

/**
 * Postgres refuses to start while the pid in the file exists, even as a zombie or as another program.
 * The other lines must remain: from them Postgres learns whether backends of a killed server still hold
 * the shared memory.
 */
function markStale(file: string): void {
  const [, ...rest] = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, [UNUSED_PID, ...rest].join('\n'));
}

function readPid(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
