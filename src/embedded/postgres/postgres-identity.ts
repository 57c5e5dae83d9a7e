import { execFileSync, spawnSync } from 'node:child_process';
import type { Log } from '../processes/log';

/** The user that runs Postgres; undefined for the user of this process. */
export interface PostgresIdentity {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const CREATED_USER = 'throughline';

/** Postgres refuses to run as root: then it runs as an unprivileged user, created if necessary. */
export function postgresIdentity(log: Log): PostgresIdentity | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody', CREATED_USER]) {
    const identity = lookUp(name);
    if (identity) return identity;
  }
  log(`Creating the system user ${CREATED_USER}: Postgres does not run as root.`);
  const shell = ['--no-create-home', '--shell', '/bin/false'];
  spawnSync('useradd', ['--system', ...shell, CREATED_USER]);
  const created = lookUp(CREATED_USER);
  if (created) return created;
  throw new Error(
    'Postgres does not run as root, and there is no user `postgres` or `nobody`, and `useradd` could ' +
      'not create one. Add a user `postgres`, or set DATABASE_URL to a running database.',
  );
}

/** Whether `identity` may enter and read `folder`. Tried out, since ACLs count as well. */
export function canReach(identity: PostgresIdentity | undefined, folder: string): boolean {
  if (!identity) return true;
  const { status } = spawnSync('/bin/sh', ['-c', 'cd -- "$1" && ls . >/dev/null', 'sh', folder], {
    ...idsOf(identity),
    cwd: '/',
    stdio: 'ignore',
  });
  return status === 0;
}

/** The options of `spawn` that change the user. */
export function idsOf(identity: PostgresIdentity | undefined): { uid?: number; gid?: number } {
  return identity ? { uid: identity.uid, gid: identity.gid } : {};
}

function lookUp(name: string): PostgresIdentity | undefined {
  try {
    const id = (flag: string): number =>
      Number(
        execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
      );
    return { name, uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}
