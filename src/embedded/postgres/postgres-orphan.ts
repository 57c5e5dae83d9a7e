import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../processes/log';
import { commandLineOf, isRunning, stopProcess } from '../processes/running-process';

/** Beyond every system's largest pid. */
const NOBODYS_PID = 2 ** 31 - 2;

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
  if (!isRunning(pid)) return declareDead(file);
  const command = commandLineOf(pid);
  if (command === undefined) {
    throw new Error(
      `${file} names the running process ${pid}, of which it cannot be told whether it is our ` +
        'Postgres. Stop that process, or remove the file if it is another program.',
    );
  }
  if (command.includes('postgres') && command.includes(dataFolder)) {
    log(`Stopping the Postgres (pid ${pid}) that an earlier run left behind.`);
    await stopProcess(pid, POSTGRES_ESCALATION);
    if (existsSync(file)) declareDead(file);
  } else declareDead(file);
}

/**
 * Postgres refuses to start while the pid in the file exists, even as a zombie or as another program.
 * The rest of the file must stay: by it Postgres finds out whether backends of a killed server still
 * hold the shared memory.
 */
function declareDead(file: string): void {
  const [, ...rest] = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, [NOBODYS_PID, ...rest].join('\n'));
}

function readPid(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
