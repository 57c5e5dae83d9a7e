import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Log } from '../processes/log';
import { commandLineOf, isRunning, stopProcess } from '../processes/running-process';

export const TEMPORAL_ESCALATION = [
  { signal: 'SIGTERM', graceMs: 10_000 },
  { signal: 'SIGKILL', graceMs: 5_000 },
] as const;

/** Beside the database: two servers on one SQLite file would corrupt it. */
function pidFileOf(dbFile: string): string {
  return `${dbFile}.pid`;
}

/** Stops the dev server that a killed parent left running on `dbFile`. */
export async function stopTemporalOrphan(dbFile: string, log: Log): Promise<void> {
  let pid: number;
  try {
    pid = Number(readFileSync(pidFileOf(dbFile), 'utf8'));
  } catch {
    return;
  }
  const command = pid > 0 && isRunning(pid) ? commandLineOf(pid) : undefined;
  if (command?.includes('start-dev') && command.includes(dbFile)) {
    log(`Stopping the Temporal dev server (pid ${pid}) of an earlier run.`);
    await stopProcess(pid, TEMPORAL_ESCALATION);
  }
  forgetTemporalPid(dbFile);
}

export function rememberTemporalPid(dbFile: string, pid: number): void {
  writeFileSync(pidFileOf(dbFile), String(pid), { mode: 0o600 });
}

export function forgetTemporalPid(dbFile: string): void {
  rmSync(pidFileOf(dbFile), { force: true });
}
