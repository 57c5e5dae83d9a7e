import { execFile } from 'node:child_process';
import { constants, accessSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

const ENDINGS = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];

/** Why `path` cannot be run, as the end of a sentence, or undefined when it can. */
export function whyNotExecutable(path: string): string | undefined {
  try {
    if (!statSync(path).isFile()) return 'is not a file';
  } catch {
    return 'does not exist';
  }
  try {
    accessSync(path, constants.X_OK);
  } catch {
    return 'is not executable';
  }
  return undefined;
}

/** The first executable called `name` in the folders of `pathVariable` (the value of PATH). */
export function findOnPath(name: string, pathVariable: string): string | undefined {
  for (const folder of pathVariable.split(delimiter)) {
    for (const ending of ENDINGS) {
      const path = resolve(join(folder, name + ending));
      if (folder !== '' && whyNotExecutable(path) === undefined) return path;
    }
  }
  return undefined;
}

export interface RunResult {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
  /** What went wrong in a few words, empty when `ok`. */
  readonly failure: string;
}

/** Runs a program to its end, or kills it after `timeoutMs`; never rejects. */
export function run(
  program: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<RunResult> {
  return new Promise((done) => {
    const options = {
      timeout: timeoutMs,
      killSignal: 'SIGKILL' as const,
      maxBuffer: 16 * 1024 * 1024,
    };
    execFile(program, [...args], options, (error, stdout, stderr) => {
      if (error === null) return done({ ok: true, stdout, stderr, failure: '' });
      const said = stderr
        .trim()
        .split('\n')
        .findLast((line) => line.trim() !== '');
      const failure = error.killed
        ? `it did not end within ${timeoutMs / 1000} s`
        : (said?.trim() ?? error.message);
      done({ ok: false, stdout, stderr, failure });
    });
  });
}
