import { resolve } from 'node:path';
import { parseSender } from '../channels/email/sender';
import type { Config } from '../config';
import { migrateDatabase } from '../db/migrate';
import { startEmbeddedStack, type RunningStack } from '../embedded/embedded-stack';
import { assertPortFree } from '../embedded/processes/ports';
import { SEARCH_ATTRIBUTES } from '../outbox/relay/search-attributes';
import * as apiRole from './api';
import { composeFromConfig, mailboxDirectory } from './compose-from-config';
import { embeddedKeys, type Keys } from './embedded-keys';
import { loadApp } from './load-app';
import * as relayRole from './relay';
import type { RunningRole } from './running-role';
import * as workerRole from './worker';

export interface EmbeddedSystem extends RunningRole {
  readonly url: string;
  readonly keys: Keys;
  readonly temporalUiUrl: string | null;
  readonly temporalAddress: string;
  /** True if mails go to the local mailbox because no SMTP server is configured. */
  readonly keepsMails: boolean;
}

/**
 * Runs the whole system in this process, with Postgres and Temporal as child processes. Stops in
 * reverse order; if a start fails, everything that was started is stopped.
 */
export async function startEmbedded(
  given: Config,
  say: (sentence: string) => void,
): Promise<EmbeddedSystem> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const each of stops.splice(0).toReversed()) await each();
  };
  try {
    await assertPortFree(given.PORT, 'PORT');
    loadApp(given.THROUGHLINE_APP); // reports an error in it before anything is started
    const home = resolve(given.THROUGHLINE_HOME);
    say('Starting Postgres and Temporal …');
    const stack = await startEmbeddedStack({
      home,
      cacheDir: given.cacheDir,
      databaseUrl: given.DATABASE_URL,
      temporalAddress: given.TEMPORAL_ADDRESS,
      temporalCli: given.TEMPORAL_CLI,
      pathVariable: given.searchPath,
      temporalPort: given.TEMPORAL_PORT,
      temporalUiPort: given.TEMPORAL_UI_PORT,
      namespace: given.TEMPORAL_NAMESPACE,
      searchAttributes: SEARCH_ATTRIBUTES,
      ...(given.THROUGHLINE_PAYLOAD_KEYS !== undefined && {
        codecEndpoint: `http://localhost:${given.PORT}/codec`,
      }),
      log: say,
    });
    stops.push(() => stack.stop());
    await migrateDatabase(stack.databaseUrl);

    const keys = embeddedKeys(given, home);
    const config = configOf(given, stack, keys);
    const services = await composeFromConfig(config);
    stops.push(() => services.close());

    say('Starting the workers …');
    const worker = await workerRole.start(services, config);
    stops.push(() => worker.stop());
    // A home has one system, so the relay takes over the lanes of one that was killed.
    const relay = await relayRole.start(services, { owner: 'embedded' });
    stops.push(() => relay.stop());
    const temporalUiUrl = stack.temporalUiUrl ?? null;
    const keepsMails = config.SMTP_URL === undefined;
    const api = await apiRole.start(services, config, {
      temporalUiUrl,
      mailboxDirectory: keepsMails ? mailboxDirectory(config) : null,
    });
    stops.push(() => api.stop());
    return {
      url: api.url,
      keys,
      temporalUiUrl,
      temporalAddress: stack.temporalAddress,
      keepsMails,
      failed: worker.failed,
      stop,
    };
  } catch (error) {
    await stop().catch(() => undefined); // report the first failure
    throw error;
  }
}

/** The configuration with which the roles run on the embedded servers. */
function configOf(config: Config, stack: RunningStack, keys: Keys): Config {
  return {
    ...config,
    HOST: config.HOST ?? '127.0.0.1',
    DATABASE_URL: stack.databaseUrl,
    // One connection is for LISTEN, the others are for the pool.
    DATABASE_CONNECTIONS: Math.min(
      config.DATABASE_CONNECTIONS,
      Math.max(1, stack.maxConnections - 1),
    ),
    TEMPORAL_ADDRESS: stack.temporalAddress,
    THROUGHLINE_WRITE_KEY: keys.write,
    THROUGHLINE_ADMIN_KEY: keys.admin,
    THROUGHLINE_SIGNING_KEY: keys.signing,
    THROUGHLINE_PUBLIC_URL: config.THROUGHLINE_PUBLIC_URL ?? `http://localhost:${config.PORT}`,
    UNSUBSCRIBE_MAILBOX:
      config.UNSUBSCRIBE_MAILBOX ?? `unsubscribe@${parseSender(config.MAIL_FROM).domain}`,
    THROUGHLINE_CODEC_ORIGINS: [
      ...(config.THROUGHLINE_CODEC_ORIGINS ?? []),
      ...(stack.temporalUiUrl === undefined ? [] : originsOf(stack.temporalUiUrl)),
    ],
  };
}

/** The browser may use either name of this machine. */
function originsOf(url: string): readonly string[] {
  const { protocol, port } = new URL(url);
  return ['localhost', '127.0.0.1'].map((host) => `${protocol}//${host}:${port}`);
}
