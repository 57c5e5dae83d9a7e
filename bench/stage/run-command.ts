import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { cpuTimes, type CpuMs } from './cpu-time';

/** A command that was run to its end. */
export interface Ran {
  readonly seconds: number;
  /** The most resident memory that it ever had, in bytes. */
  readonly peakBytes: number;
  /** The most that it had had by then, at seconds after its start. */
  readonly readings: readonly { readonly at: number; readonly bytes: number }[];
  readonly cpu: CpuMs;
}

export interface RunOptions {
  readonly name: string;
  readonly logFile: string;
  readonly env: Readonly<Record<string, string>>;
}

const LOOK_EVERY_MS = 100;

/**
 * Runs a script of Node to its end, as anybody would, and watches what it takes.
 *
 * @throws {Error} where it does not end with 0, with the last of what it said
 */
export async function runCommand(args: readonly string[], options: RunOptions): Promise<Ran> {
  const { name, logFile, env } = options;
  const log = openSync(logFile, 'a');
  const began = performance.now();
  const child = spawn(process.execPath, [...args], {
    env: { NODE_ENV: 'production', ...env },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) throw new Error(`The command '${name}' could not be started.`);
  const readings: { at: number; bytes: number }[] = [];
  let cpu: CpuMs = {};
  const look = setInterval(() => {
    const peak = peakOf(pid);
    // It has ended, and what was seen before is the last.
    if (peak === 0) return;
    readings.push({ at: (performance.now() - began) / 1000, bytes: peak });
    cpu = cpuTimes([{ name, pid }]);
  }, LOOK_EVERY_MS);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearInterval(look);
  const seconds = (performance.now() - began) / 1000;
  if (code !== 0) {
    const said = readFileSync(logFile, 'utf8').slice(-2_000);
    throw new Error(`The command '${name}' ended with ${code}. It said:\n${said}`);
  }
  return { seconds, peakBytes: readings.at(-1)?.bytes ?? 0, readings, cpu };
}

function peakOf(pid: number): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
