import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Log } from '../../src/embedded/processes/log';
import {
  commandLineOf,
  isRunning,
  stopProcess,
} from '../../src/embedded/processes/running-process';

/** Its services leave one after the other, and finish what they have begun. */
export const CLUSTER_ESCALATION = [
  { signal: 'SIGTERM', graceMs: 20_000 },
  { signal: 'SIGKILL', graceMs: 5_000 },
] as const;

/** Stops the server that a killed parent left running with `configFile`. */
export async function stopClusterOrphan(configFile: string, log: Log): Promise<void> {
  let pid: number;
  try {
    pid = Number(readFileSync(pidFileOf(configFile), 'utf8'));
  } catch {
    return;
  }
  const command = pid > 0 && isRunning(pid) ? commandLineOf(pid) : undefined;
  if (command?.includes(configFile)) {
    log(`Stopping the Temporal cluster (pid ${pid}) that an earlier run left behind.`);
    await stopProcess(pid, CLUSTER_ESCALATION);
  }
  forgetClusterPid(configFile);
}

export function rememberClusterPid(configFile: string, pid: number): void {
  writeFileSync(pidFileOf(configFile), String(pid), { mode: 0o600 });
}

export function forgetClusterPid(configFile: string): void {
  rmSync(pidFileOf(configFile), { force: true });
}

function pidFileOf(configFile: string): string {
  return `${configFile}.pid`;
}
