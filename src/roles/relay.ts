import type { Services } from '../compose';
import { listenTo } from '../db/listen';
import { deliveryQueue } from '../journey/protocol';
import { OUTBOX_CHANNEL } from '../outbox/outbox';
import { startRelay, type Relay } from '../outbox/relay/relay';
import { createBacklog } from '../outbox/relay/task-backlog';
import { startProfileProjector, type ProfileProjector } from '../profiles/profile-projector';
import { ensureSearchAttributes } from './ensure-search-attributes';
import { NEVER_FAILS, type RunningRole } from './running-role';

export interface RelayOptions {
  /** Identifies this relay among others; by default derived from the process. */
  readonly owner?: string;
  /** Whether the server has the search attributes; by default they are checked and added. */
  readonly searchable?: boolean;
}

/** Dispatches the outbox to Temporal and updates profiles and segments; several relays share the work. */
export async function start(services: Services, options: RelayOptions = {}): Promise<RunningRole> {
  const relay = await startOutboxRelay(services, options);
  const projector = await startProjector(services);
  return {
    failed: NEVER_FAILS,
    async stop() {
      await projector.stop();
      await relay.stop();
    },
  };
}

/** The relay without the projector. */
export async function startOutboxRelay(
  services: Services,
  options: RelayOptions = {},
): Promise<Relay> {
  const { db, index, clock, logger, databaseUrl, taskQueue } = services;
  const client = await services.client();
  return startRelay({
    db,
    client,
    index,
    taskQueue,
    searchable: options.searchable ?? (await ensureSearchAttributes(client, logger)),
    secret: services.codec !== undefined,
    owner: options.owner ?? services.processName,
    clock,
    logger,
    backlog: createBacklog(client, {
      journeys: taskQueue,
      deliveries: [...services.chains.values()]
        .flat()
        .map(({ channel, name }) => deliveryQueue(taskQueue, channel, name)),
    }),
    listen: (wake) => listenTo(databaseUrl, OUTBOX_CHANNEL, wake, logger),
  });
}

export function startProjector(services: Services): Promise<ProfileProjector> {
  const { db, ingest, rules, clock, logger } = services;
  return startProfileProjector({ db, ingest, rules, clock, logger });
}
