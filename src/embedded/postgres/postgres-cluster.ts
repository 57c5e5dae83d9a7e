import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PostgresBinaries } from './postgres-binaries';
import { makeOwnedFolder } from './postgres-folder';
import { idsOf, type PostgresIdentity } from './postgres-identity';

export const POSTGRES_USER = 'throughline';

/** Not this process's environment: variables such as PGDATA or LANG would change what Postgres does. */
export const POSTGRES_ENVIRONMENT =
  process.platform === 'win32' ? {} : { env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } };

interface Deps {
  readonly binaries: PostgresBinaries;
  readonly identity: PostgresIdentity | undefined;
  readonly folder: string;
  readonly durable: boolean;
}

export interface PostgresCluster {
  readonly data: string;
  readonly password: string;
}

function hasPostgresCluster(folder: string): boolean {
  return existsSync(join(folder, 'data', 'PG_VERSION'));
}

/** The cluster in `folder/data` and its password, created at the first start. */
export function preparePostgresCluster({
  binaries,
  identity,
  folder,
  durable,
}: Deps): PostgresCluster {
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  if (hasPostgresCluster(folder)) {
    if (!existsSync(passwordFile)) {
      throw new Error(
        `${data} holds a database, but its password is not in ${passwordFile}. ` +
          `Put the file back, or remove ${folder} to start with an empty database.`,
      );
    }
    return { data, password: readFileSync(passwordFile, 'utf8').trim() };
  }

  const password = randomBytes(24).toString('base64url');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  // Created beside it and moved: a start that is killed here leaves no incomplete cluster.
  const draft = join(folder, 'data.draft');
  rmSync(draft, { recursive: true, force: true });
  makeOwnedFolder(draft, identity);
  const handedOver = join(folder, 'password.initdb');
  writeFileSync(handedOver, password, { mode: 0o600 });
  if (identity) chownSync(handedOver, identity.uid, identity.gid);
  try {
    const args = [
      `--pgdata=${draft}`,
      `--username=${POSTGRES_USER}`,
      `--pwfile=${handedOver}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      ...(durable ? [] : ['--no-sync']),
    ];
    const result = spawnSync(binaries.initdb, args, {
      ...idsOf(identity),
      ...POSTGRES_ENVIRONMENT,
      cwd: '/',
      encoding: 'utf8',
    });
    if (result.status !== 0) {
      const said = result.error?.message ?? `${result.stdout}\n${result.stderr}`.trim();
      throw new Error(`initdb could not create a database in ${folder}: ${said}`);
    }
  } finally {
    rmSync(handedOver, { force: true });
  }
  rmSync(data, { recursive: true, force: true }); // Empty: it only served to test access.
  renameSync(draft, data);
  return { data, password };
}
