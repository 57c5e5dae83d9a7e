import type { Client } from '@temporalio/client';
import type { Services } from '../compose';
import { listenTo } from '../db/listen';
import { OUTBOX_CHANNEL } from '../outbox/outbox';
import { startRelay, type Relay } from '../outbox/relay/relay';
import { createBacklog } from '../outbox/relay/task-backlog';
import { deliveryQueue } from '../journey/protocol';

export interface RelaySettings {
  readonly services: Services;
  readonly client: Client;
  readonly taskQueue: string;
  readonly searchable: boolean;
  readonly owner: string;
}

export function runRelayOf(settings: RelaySettings): Promise<Relay> {
  const { services, client, taskQueue, searchable, owner } = settings;
  const { db, index, clock, logger, databaseUrl } = services;
  return startRelay({
    db,
    client,
    index,
    taskQueue,
    searchable,
    secret: services.codec !== undefined,
    owner,
    clock,
    logger,
    backlog: createBacklog(client, {
      journeys: taskQueue,
      deliveries: [...services.providers.keys()].map((channel) =>
        deliveryQueue(taskQueue, channel),
      ),
    }),
    listen: (wake) => listenTo(databaseUrl, OUTBOX_CHANNEL, wake, logger),
  });
}
