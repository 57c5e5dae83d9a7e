import { createDeliveryAttempts } from './activities/delivery/attempt';
import { createDeliver } from './activities/delivery/deliver';
import { InlineDelivery } from './activities/delivery/inline-delivery';
import { createEngineActivities } from './activities/create-engine-activities';
import type { Client } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import type { App } from './app';
import { ProviderSelector } from './activities/delivery/provider-selector';
import { builtInProviders } from './channels/built-in-providers';
import type { ChannelProvider } from './channels/channel';
import { openChains, type Variables } from './channels/open-chains';
import { composeIngest } from './compose-ingest';
import { addInboxItem } from './db/stores/inbox-items';
import type { Clock } from './domain/clock';
import { createAddressHasher } from './db/stores/address-hash';
import { codecFromKeys } from './privacy/codec-from-keys';
import { declaredEvents } from './privacy/erasure';
import type { LinkSettings } from './links/message-links';
import type { Logger } from './logger';
import { compileTemplate, type CompiledTemplate } from './templates/render';

/** How a process reaches Temporal. */
export interface TemporalConnection {
  /** A client, connected when it is first needed. */
  readonly client: () => Promise<Client>;
  readonly close: () => Promise<void>;
}

/** From what the services of a process are composed; roles/compose-from-config.ts reads it from the environment. */
export interface ServiceOptions {
  readonly app: App;
  readonly databaseUrl: string;
  readonly maxConnections: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly links: LinkSettings;
  /** The settings of providers, by the names of environment variables. */
  readonly variables: Variables;
  /** The folder of mails while no mail server is configured. */
  readonly mailboxDirectory?: string | undefined;
  /**
   * The secrets that hash the addresses that stay suppressed after an erasure, the newest first; by
   * default the signing key.
   */
  readonly erasureSecrets?: readonly string[];
  /** The master keys of payloads in Temporal; see `parseKeyring`. By default payloads are not encrypted. */
  readonly payloadKeys?: string | undefined;
  /** Names this process in records of what it did. */
  readonly processName: string;
  /** Without it, the services work on Postgres alone, and asking for a client fails. */
  readonly temporal?: {
    readonly namespace: string;
    /** The task queue of the journeys. */
    readonly taskQueue: string;
    readonly connect: (codec: PayloadCodec | undefined) => TemporalConnection;
  };
}

/** Everything that is wired once for a process, whatever its role. */
export type Services = Awaited<ReturnType<typeof compose>>;

export const DEFAULT_TASK_QUEUE = 'throughline';

/** Wires everything once: stores, channels, ingest and activities over one pool of connections. */
export async function compose(options: ServiceOptions) {
  const { app, clock, logger, links, processName } = options;
  const { catalogue, policy } = app;
  const { connection, index, ingest, rules } = composeIngest(options);
  const { db } = connection;
  const builtIn = builtInProviders({
    mailboxDirectory: options.mailboxDirectory,
    writeInbox: (item) => addInboxItem(db, item),
  });
  const chains = openChains({
    definitions: [...(app.providers ?? []), ...builtIn],
    variables: options.variables,
    costs: policy.costs,
  });
  const providers = new ProviderSelector(chains, () => performance.now());
  const templates = await compileAll(app);
  const inline = new InlineDelivery(() => performance.now());
  const hasher = createAddressHasher(options.erasureSecrets ?? [links.signingKey]);
  const attempts = createDeliveryAttempts({
    db,
    providers,
    links,
    clock,
    random: Math.random,
    workerName: processName,
    inline,
    hasher,
  });
  const engineActivities = createEngineActivities({
    db,
    policy,
    catalogue,
    index,
    rules,
    ingest,
    templates,
    providers,
    links,
    hasher,
    attempts,
    inline,
    clock,
    logger,
    workerName: processName,
  });
  const codec = codecFromKeys(options.payloadKeys, db);
  const temporal = options.temporal?.connect(codec) ?? NO_TEMPORAL;
  return {
    app,
    clock,
    logger,
    links,
    hasher,
    erasure: { db, clock, hasher, declared: declaredEvents(catalogue) },
    codec,
    client: temporal.client,
    namespace: options.temporal?.namespace ?? 'default',
    taskQueue: options.temporal?.taskQueue ?? DEFAULT_TASK_QUEUE,
    mailboxDirectory: options.mailboxDirectory ?? null,
    db,
    pool: connection.pool,
    databaseUrl: options.databaseUrl,
    index,
    rules,
    processName,
    ingest,
    chains,
    callbackProviders: new Map(
      [...chains.values()]
        .flat()
        .filter(({ callbacks }) => callbacks !== undefined)
        .map((provider) => [provider.name, provider]),
    ),
    inline,
    engineActivities,
    /** Each provider has a task queue of its own, and so activities of its own. */
    deliveryActivitiesOf: (provider: ChannelProvider) => ({
      deliver: createDeliver({ attempts, clock, provider }),
    }),
    async close() {
      await temporal.close();
      await Promise.allSettled([...chains.values()].flat().map((provider) => provider.close()));
      await connection.close();
    },
  };
}

const NO_TEMPORAL: TemporalConnection = {
  client: () => Promise.reject(new Error('These services were composed without Temporal.')),
  close: () => Promise.resolve(),
};

async function compileAll(app: App): Promise<ReadonlyMap<string, CompiledTemplate>> {
  const compiled = new Map<string, CompiledTemplate>();
  for (const [name, definition] of Object.entries(app.catalogue.templates)) {
    compiled.set(name, await compileTemplate(name, definition));
  }
  return compiled;
}
