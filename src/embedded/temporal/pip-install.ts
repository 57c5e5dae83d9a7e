import { join } from 'node:path';
import { findOnPath, run, whyNotExecutable } from './executables';

const TIMEOUT_MS = 5 * 60 * 1000;

const PIPS = [
  { program: 'python3', args: ['-m', 'pip'] },
  { program: 'pip3', args: [] },
  { program: 'pip', args: [] },
] as const;

const INSTALL = [
  ...['install', '--no-deps', '--no-compile', '--only-binary', ':all:'],
  ...['--quiet', '--disable-pip-version-check', '--retries', '2'],
] as const;

const ENDINGS = process.platform === 'win32' ? ['.exe', ''] : [''];

/**
 * Installs `requirement` (`name==version`) into `folder` with whichever pip is on the PATH, and
 * returns the path of its program `binary`. The system's Python is left as it is.
 *
 * @throws {Error} where no pip could install it, with the reason of each
 */
export async function installWithPip(
  requirement: string,
  binary: string,
  folder: string,
  pathVariable: string,
): Promise<string> {
  const failures: string[] = [];
  for (const { program, args } of PIPS) {
    const path = findOnPath(program, pathVariable);
    if (path === undefined) {
      failures.push(`${program} is not on PATH`);
      continue;
    }
    const command = [program, ...args].join(' ');
    const result = await run(
      path,
      [...args, ...INSTALL, '--target', folder, requirement],
      TIMEOUT_MS,
    );
    if (!result.ok) {
      failures.push(`${command}: ${result.failure}`);
      continue;
    }
    // With --target, pip puts the programs of a package into `bin`.
    const installed = ENDINGS.map((ending) => join(folder, 'bin', binary + ending));
    const found = installed.find((file) => whyNotExecutable(file) === undefined);
    if (found !== undefined) return found;
    failures.push(`${command} installed no ${join('bin', binary)}`);
  }
  throw new Error(failures.join('; '));
}
