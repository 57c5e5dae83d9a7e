import { compose, type Services } from '../compose';
import { requireFor, type Config, type ProcessRole } from '../config';
import { channelKinds, isChannelKind } from '../domain/channels/channel-kind';
import { runApiOf } from '../roles/api';
import { ratesOf } from '../roles/embedded';
import { runProjectorOf } from '../roles/profiles';
import { runRelayOf } from '../roles/relay';
import { settingsOf } from '../roles/settings';
import {
  ensureSearchAttributes,
  lazyClient,
  nativeConnection,
  temporalAddress,
} from '../roles/temporal';
import { installTemporalRuntime } from '../roles/temporal-runtime';
import { startWorkers } from '../roles/workers';
import { ensureJourneySchedules } from '../system/jobs/ensure-journey-schedules';
import { ensureSystemJobs } from '../system/jobs/ensure-system-jobs';
import { untilSignal } from './until-signal';

const say = (sentence: string) => void process.stderr.write(`${sentence}\n`);

/** `throughline api`: takes events and answers questions; any number of them. */
export async function runApi(config: Config): Promise<void> {
  const { services, temporal } = await composeRole('api', config);
  const { client, close } = lazyClient(temporal, services.codec);
  const api = await runApiOf({
    services,
    client,
    namespace: config.TEMPORAL_NAMESPACE,
    taskQueue: config.THROUGHLINE_TASK_QUEUE,
    keys: {
      write: config.THROUGHLINE_WRITE_KEY as string,
      admin: config.THROUGHLINE_ADMIN_KEY as string,
      signing: services.links.signingKey,
      ...(config.THROUGHLINE_READ_KEY !== undefined && { read: config.THROUGHLINE_READ_KEY }),
    },
    port: config.PORT,
    host: config.HOST ?? '0.0.0.0',
    mailboxDirectory: null,
    outboxMaxAgeMs: config.THROUGHLINE_OUTBOX_MAX_AGE * 1000,
    temporalUiUrl: null,
    codecOrigins: config.THROUGHLINE_CODEC_ORIGINS ?? [],
  });
  say(`The API listens on ${api.url}.`);
  await untilSignal([], [() => api.close(), close, () => services.close()], say);
}

/**
 * `throughline relay`: carries the outbox to Temporal and keeps profiles and segments up to date;
 * several share the work.
 */
export async function runRelay(config: Config): Promise<void> {
  const { services, temporal } = await composeRole('relay', config);
  const { client, close } = lazyClient(temporal, services.codec);
  const searchable = await ensureSearchAttributes(await client(), services.logger);
  const relay = await runRelayOf({
    services,
    client: await client(),
    taskQueue: config.THROUGHLINE_TASK_QUEUE,
    searchable,
    owner: services.processName,
  });
  const follower = await runProjectorOf(services);
  say('The relay runs.');
  const stops = [() => follower.stop(), () => relay.stop(), close, () => services.close()] as const;
  await untilSignal([], stops, say);
}

/**
 * `throughline worker`: runs journeys and delivers on every set-up channel, or, with channels named,
 * only delivers on those.
 */
export async function runWorker(config: Config, channels?: readonly string[]): Promise<void> {
  const wanted = channels?.map((channel) => {
    if (isChannelKind(channel)) return channel;
    throw new Error(
      `Found the channel '${channel}'; expected one of ${channelKinds().join(', ')}. Name one of these.`,
    );
  });
  const { services, temporal } = await composeRole('worker', config);
  const missing = wanted?.find((channel) => !services.providers.has(channel));
  if (missing !== undefined) {
    throw new Error(
      `No provider is set up for the channel '${missing}'; set up are ${[...services.providers.keys()].join(', ')}.`,
    );
  }
  const connection = await nativeConnection(temporal);
  const { client, close } = lazyClient(temporal, services.codec);
  const taskQueue = config.THROUGHLINE_TASK_QUEUE;
  const workers = await startWorkers({
    services,
    connection,
    client,
    namespace: config.TEMPORAL_NAMESPACE,
    taskQueue,
    channels: wanted,
    journeys: wanted === undefined,
    rates: ratesOf(config),
    cachedJourneys: config.THROUGHLINE_CACHED_JOURNEYS,
  });
  if (wanted === undefined) {
    await ensureJourneySchedules(await client(), services.index, taskQueue);
    await ensureSystemJobs(await client(), { taskQueue, policy: services.app.policy });
  }
  say('The worker runs.');
  const stops = [
    () => workers.stop(),
    close,
    () => connection.close(),
    () => services.close(),
  ] as const;
  await untilSignal([workers.failed], stops, say);
}

async function composeRole(role: Extract<ProcessRole, 'api' | 'relay' | 'worker'>, config: Config) {
  requireFor(role, config);
  const settings = settingsOf(config, {
    databaseUrl: config.DATABASE_URL as string,
    maxConnections: config.DATABASE_CONNECTIONS,
    // A relay signs no links; the other roles are required to have both.
    signingKey: config.THROUGHLINE_SIGNING_KEY ?? '',
    publicUrl: config.THROUGHLINE_PUBLIC_URL ?? '',
  });
  installTemporalRuntime(config.LOG_LEVEL, settings.logger);
  const services: Services = await compose(settings);
  const temporal = await temporalAddress(config, config.TEMPORAL_ADDRESS as string);
  return { services, temporal };
}
