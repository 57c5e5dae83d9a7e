import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Config } from '../../src/config';
import { startPostgres } from '../../src/embedded/postgres/embedded-postgres';
import { createBare, type Bare } from './bare';
import { lazily } from './lazily';
import { startLoad, type Load } from './load';
import { createOurs, type Ours } from './ours';
import type { StageBase } from './stage-base';
import type { StartTemporalServer } from './temporal-server';

/** What both sides of a case share: one Temporal, one Postgres, one source of load. */
export interface Stage extends StageBase {
  readonly load: () => Promise<Load>;
  readonly ours: Ours;
  readonly bare: Bare;
}

export interface StageOptions {
  readonly config: Config;
  readonly startTemporal: StartTemporalServer;
  /** Where each process of Throughline leaves a CPU profile when it ends; none without it. */
  readonly profileFolder?: string | undefined;
  readonly log: (sentence: string) => void;
}

/** Everything but Postgres is started when a case first needs it, so a case pays for no other. */
export async function openStage(options: StageOptions): Promise<Stage> {
  const { config, log } = options;
  const { cacheDir } = config;
  const stops: (() => Promise<void>)[] = [];
  const folder = await mkdtemp(join(tmpdir(), 'throughline-bench-'));
  // As root, Postgres runs as another user, who must get through.
  await chmod(folder, 0o711);
  stops.push(() => rm(folder, { recursive: true, force: true }));
  const close = async () => {
    for (const stop of stops.splice(0).toReversed()) await stop();
  };
  try {
    const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), cacheDir, log });
    const { pid } = postgres;
    stops.push(async () => {
      await postgres.stop();
      await rm(postgres.folder, { recursive: true, force: true });
    });
    const made = new Map<string, Promise<string>>();
    const partial: Omit<Stage, 'ours' | 'bare' | 'load'> = {
      folder,
      postgres: { name: 'postgres', pid, withChildren: true },
      nodeOptions:
        options.profileFolder === undefined
          ? []
          : ['--cpu-prof', `--cpu-prof-dir=${options.profileFolder}`],
      environment: { PATH: config.searchPath, THROUGHLINE_CACHE: cacheDir },
      temporal: lazily(async () => {
        const server = await options.startTemporal({
          folder,
          cacheDir,
          pathVariable: config.searchPath,
          temporalCli: config.TEMPORAL_CLI,
          log,
        });
        stops.push(() => server.stop());
        return server;
      }),
      database(name) {
        const known = made.get(name) ?? createDatabase(postgres.url, name);
        made.set(name, known);
        return known;
      },
      onClose: (stop) => void stops.push(stop),
      close,
    };
    const load = lazily(() => startLoad(partial));
    return { ...partial, load, ours: createOurs(partial, load), bare: createBare(partial, load) };
  } catch (error) {
    await close().catch(() => undefined); // the first failure is the one to tell
    throw error;
  }
}

async function createDatabase(adminUrl: string, name: string): Promise<string> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}
