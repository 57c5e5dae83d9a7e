import { createHash, randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../processes/log';
import { canReach, type PostgresIdentity } from './postgres-identity';

interface Deps {
  readonly dataDir: string;
  readonly identity: PostgresIdentity | undefined;
  readonly log: Log;
}

const SYSTEM_FOLDER = '/var/lib/throughline';

/**
 * The folder of Postgres' own files: `dataDir` itself, or, where the user that runs Postgres cannot
 * enter it (root's home has mode 0700), one in /var/lib/throughline.
 *
 * A file in each names the other, so that removing `dataDir` still starts afresh, moving it keeps the
 * data, and a copy of it never runs on the original's data.
 */
export function postgresFolder({ dataDir, identity, log }: Deps): string {
  mkdirSync(dataDir, { recursive: true, mode: identity ? 0o711 : 0o700 });
  const tie = join(dataDir, 'location');
  const recorded = existsSync(tie) ? readFileSync(tie, 'utf8').trim() : undefined;
  if (recorded === undefined && canReachBeneath(identity, dataDir)) return dataDir;

  if (recorded !== undefined && existsSync(recorded)) {
    const owner = ownerOf(recorded);
    if (owner === dataDir) return recorded;
    if (!existsSync(join(owner ?? '', 'location'))) {
      writeFileSync(join(recorded, 'owner'), dataDir);
      return recorded;
    }
    log(`${dataDir} is a copy of ${owner}: it gets its own database, which is empty.`);
  }

  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  const folder = join(SYSTEM_FOLDER, hash);
  if (existsSync(folder)) {
    const aside = `${folder}.${randomBytes(4).toString('hex')}.removed`;
    renameSync(folder, aside);
    log(`${dataDir} was removed since its last start, so its old database was moved to ${aside}.`);
  }
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  writeFileSync(join(folder, 'owner'), dataDir);
  writeFileSync(tie, folder);
  log(`${identity?.name} cannot enter ${dataDir}, so Postgres keeps its data in ${folder}.`);
  return folder;
}

/** Creates `folder` with the mode that Postgres requires, owned by the user that runs it. */
export function makeOwnedFolder(folder: string, identity: PostgresIdentity | undefined): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (identity) chownSync(folder, identity.uid, identity.gid);
}

/**
 * The user to run Postgres on `folder`: the owner of the data, since the user `postgres` may have been
 * installed after a first start as another user.
 */
export function ownerOfData(
  folder: string,
  identity: PostgresIdentity | undefined,
): PostgresIdentity | undefined {
  const data = join(folder, 'data');
  if (!identity || !existsSync(join(data, 'PG_VERSION'))) return identity;
  const { uid, gid } = statSync(data);
  return uid === identity.uid ? identity : { name: `the user ${uid}`, uid, gid };
}

function canReachBeneath(identity: PostgresIdentity | undefined, dataDir: string): boolean {
  const probe = join(dataDir, 'data');
  const user = ownerOfData(dataDir, identity);
  makeOwnedFolder(probe, user);
  return canReach(user, probe);
}

function ownerOf(folder: string): string | undefined {
  const file = join(folder, 'owner');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}
