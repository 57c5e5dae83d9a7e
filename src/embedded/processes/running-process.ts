import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { codeOf } from './error-facts';

/** Whether `pid` is running. A zombie (in containers without an init) is not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return false;
  }
  return statFields(pid)?.[0] !== 'Z';
}

/** The command line of `pid`, its arguments joined by spaces; undefined where it cannot be read. */
export function commandLineOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    } catch {
      return undefined;
    }
  }
  return ps(pid, 'command=');
}

/**
 * When `pid` was started, as an opaque text: pids are reused (in a container after every restart), so
 * only pid and start together identify a process.
 */
export function startOf(pid: number): string | undefined {
  // Field 22 of /proc/<pid>/stat; the fields here begin with the third.
  return process.platform === 'linux' ? statFields(pid)?.[19] : ps(pid, 'lstart=');
}

export interface Escalation {
  readonly signal: NodeJS.Signals;
  /** How long the process may take before the next signal. */
  readonly graceMs: number;
}

/** Sends one signal after the other until `pid` has ended; rejects where even the last had no effect. */
export async function stopProcess(pid: number, escalation: readonly Escalation[]): Promise<void> {
  for (const { signal, graceMs } of escalation) {
    if (!isRunning(pid)) return;
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (codeOf(error) === 'ESRCH') return;
      throw error;
    }
    if (await isGoneWithin(pid, graceMs)) return;
  }
  if (!isRunning(pid)) return;
  const tried = escalation.map(({ signal }) => signal).join(', ');
  throw new Error(`Process ${pid} is still running after ${tried}. Kill it.`);
}

async function isGoneWithin(pid: number, ms: number): Promise<boolean> {
  const deadline = Date.now() + ms;
  for (;;) {
    if (!isRunning(pid)) return true;
    if (Date.now() >= deadline) return false;
    await pause(20);
  }
}

function statFields(pid: number): string[] | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may itself contain spaces and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

function ps(pid: number, column: string): string | undefined {
  try {
    const answer = execFileSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8' });
    return answer.trim() || undefined;
  } catch {
    return undefined;
  }
}
