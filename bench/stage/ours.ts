import { join } from 'node:path';
import { Pool } from 'pg';
import { migrateDatabase } from '../../src/db/migrate';
import { freePort } from '../../src/embedded/processes/ports';
import type { OurWorkerCalls } from '../ours/worker';
import { startChild, startCommand, type Child, type Command } from './child-process';
import { lazily } from './lazily';
import type { Load } from './load';
import type { StageBase } from './stage-base';
import { runCommand, type Ran } from './run-command';

/** Throughline as it runs in production: a process a role, on the bench's own journeys. */
export interface Ours {
  /** A few connections of the bench's own, to prepare and to look. */
  readonly pool: () => Promise<Pool>;
  readonly api: () => Promise<Command & { readonly url: string }>;
  /** One more API, for another app than the bench's usual one. */
  readonly apiOf: (app: string) => Promise<Command & { readonly url: string }>;
  readonly relay: () => Promise<Command>;
  /** Runs a command of the product to its end; made once the schema is there. */
  readonly command: () => Promise<(args: readonly string[], name: string) => Promise<Ran>>;
  readonly worker: () => Promise<Child<OurWorkerCalls, object>>;
  /** A worker that keeps so many passages in memory; to be stopped before the usual one starts. */
  readonly workerKeeping: (passages: number) => Promise<Child<OurWorkerCalls, object>>;
}

export const WRITE_KEY = 'write-key-of-the-bench';
export const TASK_QUEUE = 'throughline';
const SIGNING_KEY = 'a-signing-key-for-the-bench-of-32-characters';
/** The pool of each process; the bare side's is as large. */
export const POOL_SIZE = 20;

const APP = require.resolve('../ours/app');
const CLI = require.resolve('../../src/cli/main');

export function createOurs(stage: StageBase, load: () => Promise<Load>): Ours {
  const database = lazily(async () => {
    const url = await stage.database('ours');
    await migrateDatabase(url);
    return url;
  });

  async function environment(): Promise<Record<string, string>> {
    const temporal = await stage.temporal();
    return {
      ...stage.environment,
      DATABASE_URL: await database(),
      DATABASE_CONNECTIONS: String(POOL_SIZE),
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      THROUGHLINE_APP: APP,
      THROUGHLINE_HOME: join(stage.folder, 'home'),
      THROUGHLINE_TASK_QUEUE: TASK_QUEUE,
      THROUGHLINE_WRITE_KEY: WRITE_KEY,
      THROUGHLINE_ADMIN_KEY: 'admin-key-of-the-bench',
      THROUGHLINE_SIGNING_KEY: SIGNING_KEY,
      THROUGHLINE_PUBLIC_URL: 'https://shop.example',
      LOG_LEVEL: 'error',
    };
  }

  const pool = lazily(async () => {
    const opened = new Pool({ connectionString: await database(), max: 4 });
    stage.onClose(() => opened.end());
    return opened;
  });

  async function apiOf(app: string): Promise<Command & { readonly url: string }> {
    const port = await freePort();
    const started = await startCommand(
      [CLI, 'api'],
      {
        name: 'api',
        logFile: join(stage.folder, `api-${port}.log`),
        nodeOptions: stage.nodeOptions,
        env: {
          ...(await environment()),
          PORT: String(port),
          HOST: '127.0.0.1',
          THROUGHLINE_APP: app,
        },
      },
      (said) => said.includes('The API listens'),
    );
    stage.onClose(() => started.stop());
    return { ...started, url: `http://127.0.0.1:${port}` };
  }
  const api = lazily(() => apiOf(APP));

  const relay = lazily(async () => {
    const started = await startCommand(
      [CLI, 'relay'],
      {
        name: 'relay',
        logFile: join(stage.folder, 'relay.log'),
        env: await environment(),
        nodeOptions: stage.nodeOptions,
      },
      (said) => said.includes('The relay runs'),
    );
    stage.onClose(() => started.stop());
    return started;
  });

  async function startWorker(more: Readonly<Record<string, string>>) {
    const { reportPort } = (await load()).facts;
    const started = await startChild<OurWorkerCalls, object>(
      require.resolve('../ours/worker'),
      { reportPort },
      {
        name: 'worker',
        logFile: join(stage.folder, 'worker.log'),
        nodeOptions: stage.nodeOptions,
        env: { ...(await environment()), ...more },
      },
    );
    stage.onClose(() => started.stop());
    return started;
  }
  const worker = lazily(() => startWorker({}));
  const workerKeeping = (passages: number) =>
    startWorker({ THROUGHLINE_CACHED_JOURNEYS: String(passages) });

  async function command() {
    // The database alone is needed; Temporal would be another process on the same processors.
    const env = {
      ...stage.environment,
      DATABASE_URL: await database(),
      THROUGHLINE_APP: APP,
      THROUGHLINE_HOME: join(stage.folder, 'home'),
    };
    return (args: readonly string[], name: string) =>
      runCommand([...stage.nodeOptions, CLI, ...args], {
        name,
        logFile: join(stage.folder, `${name}.log`),
        env,
      });
  }

  return { pool, api, apiOf, relay, worker, workerKeeping, command };
}
