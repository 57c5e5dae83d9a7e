import type { Client } from '@temporalio/client';
import { createApi, listen, type RunningApi } from '../api/server';
import type { Services } from '../compose';
import { createOutboxGauge } from '../outbox/outbox-age';
import type { Keys } from './embedded-keys';
import { createReadiness } from './readiness';

export interface ApiSettings {
  readonly services: Services;
  readonly client: () => Promise<Client>;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly keys: Keys;
  readonly port: number;
  readonly host: string;
  readonly mailboxDirectory: string | null;
  readonly temporalUiUrl: string | null;
  /** The origins of pages that may have payloads decrypted. */
  readonly codecOrigins?: readonly string[];
  /** The age of the outbox beyond which no event is taken; without it events always are. */
  readonly outboxMaxAgeMs?: number;
}

export async function runApiOf(settings: ApiSettings): Promise<RunningApi> {
  const { services, client, namespace, taskQueue, keys } = settings;
  const { db, ingest, index, rules, clock, links, logger, app } = services;
  const api = createApi({
    db,
    ingest,
    index,
    rules,
    clock,
    client,
    keys: {
      write: keys.write,
      admin: keys.admin,
      ...(keys.read !== undefined && { read: keys.read }),
    },
    links,
    topics: app.catalogue.topics,
    centre: {
      settings: app.preferenceCentre ?? {},
      channels: [...services.providers.keys()],
      defaultLocale: app.policy.defaultLocale,
      defaultZone: app.policy.defaultZone,
    },
    erasure: services.erasure,
    retention: app.policy.retention,
    codec: services.codec,
    codecOrigins: settings.codecOrigins ?? [],
    mailboxDirectory: settings.mailboxDirectory,
    temporalUiUrl: settings.temporalUiUrl,
    namespace,
    taskQueue,
    outboxAge: createOutboxGauge({ db, clock }),
    limits:
      settings.outboxMaxAgeMs === undefined ? {} : { outboxMaxAgeMs: settings.outboxMaxAgeMs },
    readiness: createReadiness({ db, client, namespace, taskQueue }),
    logger,
  });
  return listen(api, { port: settings.port, host: settings.host, portVariable: 'PORT' });
}
