import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { lockFile } from '../processes/lock-file';
import type { Log } from '../processes/log';
import { preparePostgresBinaries } from './postgres-binaries';
import { preparePostgresCluster } from './postgres-cluster';
import { ownerOfData, postgresFolder } from './postgres-folder';
import { postgresIdentity } from './postgres-identity';
import { startPostgresServer } from './postgres-server';

export interface StartPostgresOptions {
  /** Holds the data, the password, the port and the log. */
  readonly dataDir: string;
  /** Where a copy of the binaries may be put where they cannot run from `node_modules`. */
  readonly cacheDir: string;
  /** By default a free one, remembered for the next start. */
  readonly port?: number | undefined;
  /** How many connections the server accepts. Default 100. */
  readonly maxConnections?: number | undefined;
  /** False trades crash safety for speed: for tests only. Default true. */
  readonly durable?: boolean | undefined;
  readonly log: Log;
}

export interface RunningPostgres {
  readonly url: string;
  /** How many connections all pools together may open. */
  readonly maxConnections: number;
  /** Where its files are: `dataDir`, or the folder that replaces it where Postgres cannot enter that. */
  readonly folder: string;
  /** The pid of the server that runs now; it changes when the server is restarted. */
  readonly pid: number;
  stop(): Promise<void>;
}

/** Connections that are left for people and tools that inspect the database. */
const RESERVED_CONNECTIONS = 10;

/**
 * Starts Postgres on `dataDir`, with the data of an earlier start where there is some.
 *
 * @throws {Error} where there are no binaries for this machine, where another process uses `dataDir`, or Postgres does not start
 */
export async function startPostgres(options: StartPostgresOptions): Promise<RunningPostgres> {
  const dataDir = resolve(options.dataDir);
  // Under root, Postgres runs as another user, who must be able to enter; the files are 0600.
  mkdirSync(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const unlock = lockFile(
    join(dataDir, 'lock'),
    (pid) => new Error(`The database in ${dataDir} is in use by process ${pid}. Stop that first.`),
  );
  try {
    const running = await start({ ...options, dataDir });
    return {
      url: running.url,
      folder: running.folder,
      maxConnections: running.maxConnections,
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
  const { dataDir, cacheDir, port, log, durable = true, maxConnections = 100 } = options;
  const ourIdentity = postgresIdentity(log);
  const folder = postgresFolder({ dataDir, identity: ourIdentity, log });
  const identity = ownerOfData(folder, ourIdentity);
  const binaries = await preparePostgresBinaries({ identity, cacheDir, log });
  const cluster = preparePostgresCluster({ binaries, identity, folder, durable });
  const deps = { binaries, identity, folder, cluster, port, maxConnections, durable, log };
  const { url, process } = await startPostgresServer(deps);
  return {
    url,
    folder,
    maxConnections: maxConnections - RESERVED_CONNECTIONS,
    get pid() {
      return process.pid;
    },
    stop: () => process.stop(),
  };
}
