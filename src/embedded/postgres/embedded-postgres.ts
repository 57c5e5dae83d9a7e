import { join, resolve } from 'node:path';
import { existsSync, mkdirSync } from 'node:fs';
import { lockFile } from '../processes/lock-file';
import type { Log } from '../processes/log';
import { startPglite } from './pglite-server';
import { PostgresCannotRunError, preparePostgresBinaries } from './postgres-binaries';
import { hasPostgresCluster, preparePostgresCluster } from './postgres-cluster';
import { ownerOfData, postgresFolder } from './postgres-folder';
import { postgresIdentity } from './postgres-identity';
import { startPostgresServer } from './postgres-server';

export interface StartPostgresOptions {
  /** Holds the data, the password, the port and the log. */
  readonly dataDir: string;
  /** Where a copy of the binaries may go when they cannot run from where they are. */
  readonly cacheDir: string;
  /** A free one, remembered for the next start, when not given. */
  readonly port?: number | undefined;
  /** How many connections the server takes in all; PGlite has its own figure. Default 100. */
  readonly maxConnections?: number | undefined;
  /** False trades safety at a crash for speed: for tests only. Default true. */
  readonly durable?: boolean | undefined;
  /** `pglite` skips the real binaries. Default `postgres`, with PGlite where those cannot run. */
  readonly prefer?: 'postgres' | 'pglite' | undefined;
  readonly log: Log;
}

export interface RunningPostgres {
  readonly url: string;
  readonly kind: 'postgres' | 'pglite';
  /** How many connections all pools together may open. */
  readonly maxConnections: number;
  /** Whether LISTEN/NOTIFY works from one connection to another. */
  readonly notifies: boolean;
  /** Where its files lie: `dataDir`, or what stands for it where Postgres cannot enter that. */
  readonly folder: string;
  /** The server's pid; undefined for PGlite, which runs in this process. */
  readonly pid?: number | undefined;
  stop(): Promise<void>;
}

/** Starts the database on `dataDir`, going on with the data of an earlier start. */
export async function startPostgres(options: StartPostgresOptions): Promise<RunningPostgres> {
  const dataDir = resolve(options.dataDir);
  // Others may pass through (Postgres runs as another user under root), the files are 0600.
  mkdirSync(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const unlock = lockFile(
    join(dataDir, 'lock'),
    (pid) => new Error(`The database in ${dataDir} is in use by process ${pid}. Stop that first.`),
  );
  try {
    const running = await start({ ...options, dataDir });
    return {
      url: running.url,
      kind: running.kind,
      folder: running.folder,
      maxConnections: running.maxConnections,
      notifies: running.notifies,
      get pid() {
        return running.pid;
      },
      stop: async () => {
        await running.stop();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

async function start(options: StartPostgresOptions): Promise<RunningPostgres> {
  const { dataDir, cacheDir, port, log } = options;
  const durable = options.durable ?? true;
  const maxConnections = options.maxConnections ?? 100;
  const pgliteDir = join(dataDir, 'pglite');
  if (options.prefer === 'pglite') return await startPglite({ dataDir: pgliteDir, port, log });

  const ourIdentity = postgresIdentity(log);
  const folder = postgresFolder({ dataDir, identity: ourIdentity, log });
  const identity = ownerOfData(folder, ourIdentity);
  try {
    if (existsSync(pgliteDir) && !hasPostgresCluster(folder)) {
      log(`${pgliteDir} holds the data of earlier starts, so PGlite goes on with it.`);
      return await startPglite({ dataDir: pgliteDir, port, log });
    }
    const binaries = await preparePostgresBinaries({ identity, cacheDir, log });
    const cluster = preparePostgresCluster({ binaries, identity, folder, durable });
    const deps = { binaries, identity, folder, cluster, port, maxConnections, durable, log };
    const { url, process } = await startPostgresServer(deps);
    return {
      url,
      kind: 'postgres',
      folder,
      // A few are left for people and tools that look into the database.
      maxConnections: maxConnections - 10,
      notifies: true,
      get pid() {
        return process.pid;
      },
      stop: () => process.stop(),
    };
  } catch (error) {
    if (!(error instanceof PostgresCannotRunError)) throw error;
    // An empty PGlite in place of a database with data would look like a loss.
    if (hasPostgresCluster(folder)) throw error;
    log(`${error.message} Falling back to PGlite, in this process and slower.`);
    return await startPglite({ dataDir: pgliteDir, port, log });
  }
}
