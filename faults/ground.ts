import { join } from 'node:path';
import { startPostgres } from '../src/embedded/postgres/embedded-postgres';
import { findTemporalBinary } from '../src/embedded/temporal/find-temporal-binary';
import { startTemporalDevServer } from '../src/embedded/temporal/temporal-dev-server';
import { SEARCH_ATTRIBUTES } from '../src/outbox/relay/search-attributes';

export type Server = 'postgres' | 'temporal';

export interface GroundSettings {
  /** The folder of the servers' data; the user that runs Postgres must be able to enter it. */
  readonly folder: string;
  readonly cacheDir: string;
  readonly searchPath: string;
  readonly temporalCli: string | undefined;
  readonly note: (sentence: string) => void;
}

/** The two servers that the product needs, durable, and restarted when they are killed. */
export interface Ground {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  pidOf(server: Server): number | undefined;
  stop(): Promise<void>;
}

/** Starts a real Postgres with fsync and a Temporal dev server on a file, in parallel. */
export async function startGround(settings: GroundSettings): Promise<Ground> {
  const { folder, cacheDir, searchPath, temporalCli, note: log } = settings;
  const [postgres, temporal] = await Promise.all([
    startPostgres({ dataDir: join(folder, 'postgres'), cacheDir, durable: true, log }),
    findTemporalBinary({
      kind: 'cli',
      explicitPath: temporalCli,
      pathVariable: searchPath,
      cacheDir,
      log,
    }).then((binary) =>
      startTemporalDevServer({
        binary,
        dbFile: join(folder, 'temporal', 'temporal.db'),
        namespace: 'default',
        searchAttributes: SEARCH_ATTRIBUTES,
        log,
      }),
    ),
  ]);
  return {
    databaseUrl: postgres.url,
    temporalAddress: temporal.address,
    pidOf: (server) => (server === 'postgres' ? postgres.pid : temporal.pid),
    async stop() {
      await Promise.all([postgres.stop(), temporal.stop()]);
    },
  };
}
