import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { compose, type ServiceOptions, type Services } from '../compose';
import type { Config } from '../config';
import { systemClock } from '../domain/clock';
import { createLogger } from '../logger';
import { lazyClient } from './lazy-client';
import { loadApp } from './load-app';
import { temporalAddress } from './temporal-address';
import { installTemporalRuntime } from './temporal-runtime';

/**
 * Composes the services of a process from its configuration, which must name a database and a
 * Temporal server (see `requireFor`). Connects to Temporal when a client is first needed.
 *
 * @param overrides replacements for parts of the configuration, such as the providers of a benchmark
 */
export async function composeFromConfig(
  config: Config,
  overrides: Partial<ServiceOptions> = {},
): Promise<Services> {
  const logger = createLogger(config.LOG_LEVEL);
  installTemporalRuntime(config.LOG_LEVEL, logger);
  const temporal = await temporalAddress(config);
  return compose({
    app: loadApp(config.THROUGHLINE_APP),
    databaseUrl: config.DATABASE_URL ?? '',
    maxConnections: config.DATABASE_CONNECTIONS,
    clock: systemClock,
    logger,
    links: {
      // The relay signs no links; `requireFor` checks the other roles.
      publicUrl: (config.THROUGHLINE_PUBLIC_URL ?? '').replace(/\/+$/, ''),
      signingKey: config.THROUGHLINE_SIGNING_KEY ?? '',
      unsubscribeMailbox: config.UNSUBSCRIBE_MAILBOX,
    },
    variables: { ...config.variables, MAIL_FROM: config.MAIL_FROM },
    mailboxDirectory: mailboxDirectory(config),
    ...(config.THROUGHLINE_ERASURE_SECRETS !== undefined && {
      erasureSecrets: config.THROUGHLINE_ERASURE_SECRETS,
    }),
    payloadKeys: config.THROUGHLINE_PAYLOAD_KEYS,
    processName: `${hostname()}:${process.pid}`,
    temporal: {
      namespace: config.TEMPORAL_NAMESPACE,
      taskQueue: config.THROUGHLINE_TASK_QUEUE,
      connect: (codec) => lazyClient(temporal, codec),
    },
    ...overrides,
  });
}

/** The folder for mails if no SMTP server is configured. */
export function mailboxDirectory(config: Config): string {
  return join(resolve(config.THROUGHLINE_HOME), 'mailbox');
}
