import { NativeConnection } from '@temporalio/worker';
import type { Services } from '../compose';
import type { Config } from '../config';
import { channelKinds, isChannelKind, type ChannelKind } from '../domain/channels/channel-kind';
import { ensureJourneySchedules } from '../system/jobs/ensure-journey-schedules';
import { ensureSystemJobs } from '../system/jobs/ensure-system-jobs';
import type { RunningRole } from './running-role';
import { startWorkers } from './start-workers';
import { temporalAddress } from './temporal-address';

export interface WorkerOptions {
  /** Deliver on these channels only, and run no journeys; by default both, on every channel. */
  readonly channels?: readonly string[] | undefined;
}

/**
 * Runs journeys, system workflows and deliveries, and updates Temporal's schedules to those of the
 * application and the system jobs.
 *
 * @throws {Error} if a channel is unknown or has no provider
 */
export async function start(
  services: Services,
  config: Config,
  { channels }: WorkerOptions = {},
): Promise<RunningRole> {
  const onlyChannels = channels?.map((name) => channelNamed(name, services));
  const { address, apiKey, tls } = await temporalAddress(config);
  const connection = await NativeConnection.connect({
    address,
    ...(apiKey !== undefined && { apiKey }),
    ...(tls !== undefined && { tls }),
  });
  const stops = [() => connection.close()];
  const stop = async () => {
    for (const each of stops.splice(0).toReversed()) await each();
  };
  try {
    const workers = await startWorkers(services, {
      connection,
      channels: onlyChannels,
      journeys: onlyChannels === undefined,
      cachedJourneys: config.THROUGHLINE_CACHED_JOURNEYS,
      versioning: {
        deployment: config.THROUGHLINE_DEPLOYMENT,
        buildId: config.THROUGHLINE_BUILD_ID,
      },
    });
    stops.push(() => workers.stop());
    if (onlyChannels === undefined) {
      const { client, index, taskQueue, app } = services;
      await ensureJourneySchedules(await client(), index, taskQueue);
      await ensureSystemJobs(await client(), { taskQueue, policy: app.policy });
    }
    return { failed: workers.failed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function channelNamed(name: string, { chains }: Services): ChannelKind {
  if (!isChannelKind(name)) {
    throw new Error(`Found the channel '${name}'; expected one of ${channelKinds().join(', ')}.`);
  }
  if (!chains.has(name)) {
    throw new Error(
      `No provider is configured for the channel '${name}'; configured are ${[...chains.keys()].join(', ')}.`,
    );
  }
  return name;
}
