import { createRequire } from 'node:module';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { App } from '../app';
import type { Settings } from '../compose';
import type { Config } from '../config';
import { systemClock } from '../domain/clock';
import { createLogger } from '../logger';

/** What the embedded system provides where the environment does not say. */
export interface Provided {
  readonly databaseUrl: string;
  readonly maxConnections: number;
  readonly signingKey: string;
  readonly publicUrl: string;
  /** The mailbox of unsubscriptions by mail where the environment names none. */
  readonly unsubscribeMailbox?: string;
}

/** Turns the environment into the settings from which a process is composed. */
export function settingsOf(config: Config, provided: Provided): Settings {
  return {
    app: loadApp(config.THROUGHLINE_APP),
    databaseUrl: provided.databaseUrl,
    maxConnections: provided.maxConnections,
    clock: systemClock,
    logger: createLogger(config.LOG_LEVEL),
    links: {
      publicUrl: provided.publicUrl.replace(/\/+$/, ''),
      signingKey: provided.signingKey,
      unsubscribeMailbox: config.UNSUBSCRIBE_MAILBOX ?? provided.unsubscribeMailbox,
    },
    variables: { ...config.variables, MAIL_FROM: config.MAIL_FROM },
    mailboxDirectory: mailboxDirectory(config),
    ...(config.THROUGHLINE_ERASURE_SECRETS !== undefined && {
      erasureSecrets: config.THROUGHLINE_ERASURE_SECRETS,
    }),
    payloadKeys: config.THROUGHLINE_PAYLOAD_KEYS,
    processName: `${hostname()}:${process.pid}`,
  };
}

/** The folder in which mails are kept where no SMTP server is set up. */
export function mailboxDirectory(config: Config): string {
  return join(resolve(config.THROUGHLINE_HOME), 'mailbox');
}

/**
 * The application that THROUGHLINE_APP names: a module that exports `app`.
 *
 * @throws {Error} where the module cannot be loaded or exports no `app`
 */
export function loadApp(path: string | undefined): App {
  if (path === undefined) {
    throw new Error('THROUGHLINE_APP is not set; name the module that exports the application.');
  }
  const file = resolve(path);
  let module: { app?: App };
  try {
    module = createRequire(file)(file) as { app?: App };
  } catch (error) {
    const [first = ''] = (error as Error).message.split('\n');
    throw new Error(
      `THROUGHLINE_APP names ${file}, which cannot be loaded (${first}); expected a module that exports 'app'. Correct the path, or build the module first.`,
      { cause: error },
    );
  }
  if (module.app === undefined) {
    throw new Error(
      `THROUGHLINE_APP names ${file}, which exports no 'app'; export one made by defineApp from it.`,
    );
  }
  return module.app;
}
