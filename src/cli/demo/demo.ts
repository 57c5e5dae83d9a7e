import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '../../config';
import { findTemporalBinary } from '../../embedded/temporal/find-temporal-binary';
import { createLogger } from '../../logger';
import * as apiRole from '../../roles/api';
import { loadApp } from '../../roles/load-app';
import { installTemporalRuntime } from '../../roles/temporal-runtime';
import { startTemporaryPostgres } from '../../testing/temporary-postgres';
import { startTimeSkippingSystem } from '../../testing/time-skipping-system';
import { runShop } from '../../simulation/run-shop';
import { generateShop } from '../../simulation/synthetic-shop';
import { DEFAULT_APP } from '../default-app';
import { showProgress } from './progress';
import { shopFromPurchases } from '../../simulation/shop-from-purchases';
import { readResults, showResults } from './results';
import type { Shop } from '../../simulation/shop';

export interface DemoOptions {
  readonly purchases?: string;
  readonly customers?: string;
  readonly seed: string;
}

const DEFAULT_CUSTOMERS = 100;

/**
 * `throughline demo`: sends a shop's events through the API into its journeys, on a server that skips
 * time. It runs in a temporary folder, which is removed afterwards.
 */
export async function demo(config: Config, options: DemoOptions): Promise<void> {
  const seed = wholeNumber('--seed', options.seed, 0);
  const limit =
    options.customers === undefined ? undefined : wholeNumber('--customers', options.customers, 1);
  const shop =
    options.purchases === undefined
      ? generateShop(seed, limit ?? DEFAULT_CUSTOMERS)
      : await shopFromPurchases(options.purchases, limit ?? Number.POSITIVE_INFINITY);
  say(`Demo on ${shop.title}: ${shop.events.length} events.`);
  const stops: Stop[] = [];
  let stopping = false;
  const onStop = async (stop: Stop) => {
    stops.push(stop);
    if (stopping) await stop(); // interrupted while it was starting
  };
  try {
    await Promise.race([run(config, seed, shop, onStop), interrupted()]);
  } finally {
    stopping = true;
    for (const stop of stops.toReversed()) await stop();
  }
}

type Stop = () => Promise<unknown>;

function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

/** Rejects at Ctrl-C, so that everything is stopped; a second Ctrl-C exits the process. */
function interrupted(): Promise<never> {
  return new Promise((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => reject(new Error(`The demo was interrupted by ${signal}.`)));
    }
  });
}

async function run(
  config: Config,
  seed: number,
  shop: Shop,
  onStop: (stop: Stop) => Promise<void>,
): Promise<void> {
  const startedAt = performance.now();

  // The results include journeys that failed, so the demo does not log them.
  const logger = createLogger('error');
  installTemporalRuntime('error', logger);
  const { cacheDir, searchPath: pathVariable } = config;
  const postgres = await startTemporaryPostgres({ cacheDir, log: say });
  await onStop(() => postgres.stop());
  const system = await startTimeSkippingSystem({
    services: {
      app: loadApp(DEFAULT_APP),
      databaseUrl: postgres.url,
      maxConnections: Math.min(10, Math.max(1, postgres.maxConnections - 1)),
      logger,
      links: { publicUrl: 'http://localhost', signingKey: randomBytes(32).toString('hex') },
      variables: { MAIL_FROM: config.MAIL_FROM },
      mailboxDirectory: join(postgres.folder, 'mailbox'),
      processName: 'demo',
    },
    serverBinary: await findTemporalBinary({
      kind: 'test-server',
      pathVariable,
      cacheDir,
      log: say,
    }),
  });
  await onStop(() => system.stop());
  const keys = { write: 'demo-write-key', admin: 'demo-admin-key' };
  const api = await apiRole.start(system.services, {
    ...config,
    PORT: 0,
    HOST: '127.0.0.1',
    THROUGHLINE_WRITE_KEY: keys.write,
    THROUGHLINE_ADMIN_KEY: keys.admin,
  });
  await onStop(() => api.stop());

  const progress = showProgress(shop.events.length, process.stderr);
  await runShop(shop, { system, url: api.url, keys, seed, onProgress: progress.update });
  progress.stop();
  const results = await readResults(system.services.db);
  process.stdout.write(`\n${showResults(results)}\n`);
  if (shop.clickRate === 0) {
    process.stdout.write(
      'These purchases are historical, so no message of this demo could affect them: a purchase after a win-back would have happened anyway.\n',
    );
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  process.stdout.write(`${results.run.events} events, ${seconds} s.\n`);
}

function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new Error(`Found ${option} ${text}; expected a whole number, at least ${least}.`);
}
