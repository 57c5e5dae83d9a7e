import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findTemporalBinary } from '../../src/embedded/temporal/find-temporal-binary';
import { startTemporalDevServer } from '../../src/embedded/temporal/temporal-dev-server';
import { SEARCH_ATTRIBUTES } from '../../src/outbox/relay/search-attributes';
import type { Watched } from './cpu-time';

/** The Temporal server that both sides of a case run on. */
export interface TemporalServer {
  /** What it is, for the results: `dev server 1.9.1 on SQLite`. */
  readonly kind: string;
  readonly address: string;
  readonly namespace: string;
  /** Its processes, as they are counted. */
  readonly processes: () => readonly Watched[];
  /** Where it tells how often each of its calls was made (Prometheus text), if it does. */
  readonly metricsUrl: string | undefined;
  /** What its workflows take on disk. */
  readonly diskBytes: () => Promise<number>;
  stop(): Promise<void>;
}

export interface TemporalServerOptions {
  readonly folder: string;
  readonly cacheDir: string;
  readonly pathVariable: string;
  readonly temporalCli: string | undefined;
  readonly log: (sentence: string) => void;
}

export type StartTemporalServer = (options: TemporalServerOptions) => Promise<TemporalServer>;

/** The dev server on a file, exactly as `npm start` runs it. */
export const startDevServer: StartTemporalServer = async (options) => {
  const { folder, cacheDir, pathVariable, temporalCli, log } = options;
  const binary = await findTemporalBinary({
    kind: 'cli',
    explicitPath: temporalCli,
    pathVariable,
    cacheDir,
    log,
  });
  const dbFile = join(folder, 'temporal', 'temporal.db');
  const server = await startTemporalDevServer({
    binary,
    dbFile,
    namespace: 'default',
    searchAttributes: SEARCH_ATTRIBUTES,
    log,
  });
  const said = readFileSync(join(folder, 'temporal', 'temporal.log'), 'utf8');
  return {
    kind: 'dev server on SQLite (WAL, synchronous=NORMAL, one task-queue partition)',
    address: server.address,
    namespace: 'default',
    processes: () => [{ name: 'server', pid: server.pid }],
    metricsUrl: /https?:\/\/\S+\/metrics/.exec(said)?.[0],
    diskBytes: async () => {
      const sizes = await Promise.all([dbFile, `${dbFile}-wal`].map((file) => stat(file)));
      return sizes.reduce((sum, { size }) => sum + size, 0);
    },
    stop: () => server.stop(),
  };
};
