import { resolve } from 'node:path';
import { parseSender } from '../channels/email/sender';
import { compose } from '../compose';
import type { Config } from '../config';
import { connect } from '../db/connect';
import { migrateToLatest } from '../db/migrate';
import { startEmbeddedStack } from '../embedded/embedded-stack';
import { assertPortFree } from '../embedded/processes/ports';
import { SEARCH_ATTRIBUTES } from '../enrollments/search-attributes';
import { ensureJourneySchedules } from '../system/jobs/ensure-journey-schedules';
import { ensureSystemJobs } from '../system/jobs/ensure-system-jobs';
import { runApiOf } from './api';
import { embeddedKeys, type Keys } from './embedded-keys';
import { runProjectorOf } from './profiles';
import { runRelayOf } from './relay';
import { loadApp, mailboxDirectory, settingsOf } from './settings';
import { installTemporalRuntime } from './temporal-runtime';
import { ensureSearchAttributes, lazyClient, nativeConnection, temporalAddress } from './temporal';
import { startWorkers } from './workers';

export interface EmbeddedSystem {
  readonly url: string;
  readonly keys: Keys;
  readonly temporalUiUrl: string | null;
  readonly temporalAddress: string;
  /** True where mails are kept here because no SMTP server is set up. */
  readonly outbox: boolean;
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

/**
 * The whole system in this process, with the servers it stands on as children. Starts go from the
 * ground up and stops from the roof down; when one start fails, what had been started is stopped.
 */
export async function startEmbedded(
  config: Config,
  say: (sentence: string) => void,
): Promise<EmbeddedSystem> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const each of stops.splice(0).toReversed()) await each();
  };
  try {
    await assertPortFree(config.PORT, 'PORT');
    loadApp(config.THROUGHLINE_APP); // a mistake in it is told before anything is started
    const home = resolve(config.THROUGHLINE_HOME);
    say('Starting Postgres and Temporal …');
    const stack = await startEmbeddedStack({
      home,
      cacheDir: config.cacheDir,
      databaseUrl: config.DATABASE_URL,
      temporalAddress: config.TEMPORAL_ADDRESS,
      temporalCli: config.TEMPORAL_CLI,
      pathVariable: config.searchPath,
      temporalPort: config.TEMPORAL_PORT,
      temporalUiPort: config.TEMPORAL_UI_PORT,
      namespace: config.TEMPORAL_NAMESPACE,
      searchAttributes: SEARCH_ATTRIBUTES,
      ...(config.THROUGHLINE_PAYLOAD_KEYS !== undefined && {
        codecEndpoint: `http://localhost:${config.PORT}/codec`,
      }),
      log: say,
    });
    stops.push(() => stack.stop());
    await migrateDatabase(stack.databaseUrl);

    const keys = embeddedKeys(config, home);
    const publicUrl = config.THROUGHLINE_PUBLIC_URL ?? `http://localhost:${config.PORT}`;
    // One connection listens, the rest are the pool's.
    const maxConnections = Math.min(
      config.DATABASE_CONNECTIONS,
      Math.max(1, stack.maxConnections - 1),
    );
    const settings = settingsOf(config, {
      databaseUrl: stack.databaseUrl,
      maxConnections,
      signingKey: keys.signing,
      publicUrl,
      unsubscribeMailbox: `unsubscribe@${parseSender(config.MAIL_FROM).domain}`,
    });
    installTemporalRuntime(config.LOG_LEVEL, settings.logger);
    const services = await compose(settings);
    stops.push(() => services.close());

    const temporal = await temporalAddress(config, stack.temporalAddress);
    const { client, close } = lazyClient(temporal, services.codec);
    stops.push(close);
    const { TEMPORAL_NAMESPACE: namespace, THROUGHLINE_TASK_QUEUE: taskQueue } = config;
    const searchable = await ensureSearchAttributes(await client(), services.logger);

    say('Starting the workers …');
    const connection = await nativeConnection(temporal);
    stops.push(() => connection.close());
    const workers = await startWorkers({
      services,
      connection,
      client,
      namespace,
      taskQueue,
      journeys: true,
      rates: ratesOf(config),
      cachedJourneys: config.THROUGHLINE_CACHED_JOURNEYS,
    });
    stops.push(() => workers.stop());
    await ensureJourneySchedules(await client(), services.index, taskQueue);
    await ensureSystemJobs(await client(), { taskQueue, policy: services.app.policy });

    const relay = await runRelayOf({
      services,
      client: await client(),
      taskQueue,
      searchable,
      // One system to a home, so its relay goes on with the lanes of the one that was killed.
      owner: 'embedded',
    });
    stops.push(() => relay.stop());
    const follower = await runProjectorOf(services);
    stops.push(() => follower.stop());

    const temporalUiUrl = stack.temporalUiUrl ?? null;
    const api = await runApiOf({
      services,
      client,
      namespace,
      taskQueue,
      keys,
      port: config.PORT,
      host: config.HOST ?? '127.0.0.1',
      mailboxDirectory: config.SMTP_URL === undefined ? mailboxDirectory(config) : null,
      outboxMaxAgeMs: config.THROUGHLINE_OUTBOX_MAX_AGE * 1000,
      temporalUiUrl,
      codecOrigins: [
        ...(config.THROUGHLINE_CODEC_ORIGINS ?? []),
        ...(temporalUiUrl === null ? [] : originsOf(temporalUiUrl)),
      ],
    });
    stops.push(() => api.close());
    return {
      url: api.url,
      keys,
      temporalUiUrl,
      temporalAddress: stack.temporalAddress,
      outbox: config.SMTP_URL === undefined,
      failed: workers.failed,
      stop,
    };
  } catch (error) {
    await stop().catch(() => undefined); // the first failure is the one to tell
    throw error;
  }
}

/** A browser may call this machine by either name. */
function originsOf(url: string): readonly string[] {
  const { protocol, port } = new URL(url);
  return ['localhost', '127.0.0.1'].map((host) => `${protocol}//${host}:${port}`);
}

export async function migrateDatabase(databaseUrl: string): Promise<void> {
  const connection = connect(databaseUrl, 1);
  try {
    await migrateToLatest(connection.db);
  } finally {
    await connection.close();
  }
}

export function ratesOf(config: Config) {
  return {
    ...(config.EMAIL_RATE !== undefined && { email: config.EMAIL_RATE }),
    ...(config.WEBHOOK_RATE !== undefined && { webhook: config.WEBHOOK_RATE }),
  };
}
