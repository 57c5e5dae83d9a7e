import type { ApiKeys } from '../api/api-deps';
import { createApi, listen } from '../api/server';
import type { Services } from '../compose';
import { ConfigError, type Config } from '../config';
import { createOutboxGauge } from '../outbox/outbox-age';
import { createReadiness } from './readiness';
import { NEVER_FAILS, type RunningRole } from './running-role';

export interface RunningApiRole extends RunningRole {
  /** Such as `http://localhost:3000`. */
  readonly url: string;
}

/** Options of the embedded system only, which runs on the machine of its user. */
export interface EmbeddedAddresses {
  readonly temporalUiUrl: string | null;
  /** The folder of mails that `/mailbox` shows; null if an SMTP server is configured. */
  readonly mailboxDirectory: string | null;
}

/** Serves the HTTP API; any number of processes may do so. */
export async function start(
  services: Services,
  config: Config,
  embedded: EmbeddedAddresses = { temporalUiUrl: null, mailboxDirectory: null },
): Promise<RunningApiRole> {
  const { app, db, clock } = services;
  const api = createApi({
    ...services,
    ...embedded,
    keys: keysOf(config),
    topics: app.catalogue.topics,
    centre: {
      settings: app.preferenceCentre ?? {},
      channels: [...services.chains.keys()],
      defaultLocale: app.policy.defaultLocale,
      defaultZone: app.policy.defaultZone,
    },
    retention: app.policy.retention,
    codecOrigins: config.THROUGHLINE_CODEC_ORIGINS ?? [],
    outboxAge: createOutboxGauge({ db, clock }),
    limits: { outboxMaxAgeMs: config.THROUGHLINE_OUTBOX_MAX_AGE * 1000 },
    readiness: createReadiness(services),
  });
  const host = config.HOST ?? '0.0.0.0';
  const running = await listen(api, { port: config.PORT, host, portVariable: 'PORT' });
  return { url: running.url, failed: NEVER_FAILS, stop: () => running.close() };
}

function keysOf(config: Config): ApiKeys {
  const { THROUGHLINE_WRITE_KEY: write, THROUGHLINE_ADMIN_KEY: admin } = config;
  const read = config.THROUGHLINE_READ_KEY;
  if (write === undefined || admin === undefined) {
    throw new ConfigError(
      'The API needs THROUGHLINE_WRITE_KEY and THROUGHLINE_ADMIN_KEY. Set them.',
    );
  }
  return { write, admin, ...(read !== undefined && { read }) };
}
