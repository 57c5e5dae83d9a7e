import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface ChildScript<T> {
  readonly pid: number;
  readonly process: ChildProcess;
  /** The first line that it printed, parsed as JSON. */
  readonly answer: T;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/**
 * Runs a TypeScript file in a child process that a test can kill. It prints one line of JSON when it
 * is ready.
 */
export async function runChildScript<T>(
  file: string,
  args: readonly string[],
): Promise<ChildScript<T>> {
  const hook = join(__dirname, 'typescript-hook.cjs');
  const child = spawn(process.execPath, ['--conditions=source', '--require', hook, file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([
    once(lines, 'line').then(([text]) => String(text)),
    once(child, 'exit').then(([code]) => {
      throw new Error(`${file} ended (code ${code}) before it was ready.`);
    }),
  ]);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${file} has no pid.`);
  return {
    pid,
    process: child,
    answer: JSON.parse(line),
    kill: async (signal) => {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    },
  };
}
