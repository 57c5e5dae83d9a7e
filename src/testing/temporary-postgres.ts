import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../embedded/postgres/embedded-postgres';
import type { Log } from '../embedded/processes/log';
import { migrateDatabase } from '../db/migrate';

export interface TemporaryPostgres {
  readonly url: string;
  readonly maxConnections: number;
  /** A folder for other temporary files; `stop` removes it. */
  readonly folder: string;
  stop(): Promise<void>;
}

/** Starts a Postgres without durability in a temporary folder, with the current schema. */
export async function startTemporaryPostgres(options: {
  readonly cacheDir: string;
  readonly log: Log;
}): Promise<TemporaryPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-'));
  const stops = [() => rm(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const each of stops.splice(0).toReversed()) await each();
  };
  try {
    await chmod(folder, 0o711); // as root, Postgres runs as another user, who needs access
    const dataDir = join(folder, 'postgres');
    const postgres = await startPostgres({ ...options, dataDir, durable: false });
    stops.push(() => rm(postgres.folder, { recursive: true, force: true }));
    stops.push(() => postgres.stop());
    await migrateDatabase(postgres.url);
    const { url, maxConnections } = postgres;
    return { url, maxConnections, folder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
