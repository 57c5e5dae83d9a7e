import { createDeliveryAttempts } from './activities/delivery/attempt';
import { createDeliver } from './activities/delivery/deliver';
import { InlineDelivery } from './activities/delivery/inline-delivery';
import { createEngineActivities } from './activities/create-engine-activities';
import type { App } from './app';
import { builtInProviders } from './channels/built-in-providers';
import { openChains, type Variables } from './channels/open-chains';
import { composeIngest } from './compose-ingest';
import { lockCurrentCustomer } from './db/current-customer';
import { inTransaction } from './db/transaction';
import type { Clock } from './domain/clock';
import { createAddressHasher } from './db/stores/address-hash';
import { codecFromKeys } from './privacy/codec-from-keys';
import { declaredEvents } from './privacy/erasure';
import type { LinkSettings } from './links/message-links';
import type { Logger } from './logger';
import { compileTemplate, type CompiledTemplate } from './templates/render';

/** What a process is made of, whatever its role; `config.ts` gets it from the environment. */
export interface Settings {
  readonly app: App;
  readonly databaseUrl: string;
  readonly maxConnections: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly links: LinkSettings;
  /** The settings of providers, by the names of environment variables. */
  readonly variables: Variables;
  /** Where mails are kept as files while no mail server is set up. */
  readonly mailboxDirectory?: string | undefined;
  /**
   * What hashes the addresses that stay suppressed after an erasure, the newest first; the signing
   * key where nothing is said.
   */
  readonly erasureSecrets?: readonly string[];
  /** The keys under which Temporal keeps payloads; see `parseKeyring`. Without it they are plain. */
  readonly payloadKeys?: string | undefined;
  /** Names this process in records of what it did. */
  readonly processName: string;
}

export type Services = Awaited<ReturnType<typeof compose>>;

/** Wires everything once: stores, channels, ingest and activities over one pool of connections. */
export async function compose(settings: Settings) {
  const { app, clock, logger, links } = settings;
  const { catalogue, policy } = app;
  const { connection, index, ingest, rules } = composeIngest(settings);
  const { db } = connection;
  const builtIn = builtInProviders({
    mailboxDirectory: settings.mailboxDirectory,
    async writeInbox(item) {
      await inTransaction(db, async (tx) => {
        const customer = await lockCurrentCustomer(tx, item.customerId);
        if (customer === undefined) return; // erased meanwhile
        await tx
          .insertInto('inbox_items')
          .values({
            id: item.id,
            customer_id: customer.id,
            title: item.title,
            body: item.body,
            url: item.url ?? null,
            created_at: item.at,
          })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      });
    },
  });
  const chains = openChains({
    definitions: [...(app.providers ?? []), ...builtIn],
    variables: settings.variables,
    costs: policy.costs,
  });
  const providers = new Map([...chains].map(([channel, [first]]) => [channel, first]));
  const templates = await compileAll(app);
  const inline = new InlineDelivery(() => performance.now());
  const hasher = createAddressHasher(settings.erasureSecrets ?? [links.signingKey]);
  const attempts = createDeliveryAttempts({
    db,
    providers,
    links,
    clock,
    random: Math.random,
    workerName: settings.processName,
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
    webhookUrl: providers.get('webhook')?.address ?? null,
    hasher,
    attempts,
    inline,
    clock,
    logger,
    workerName: settings.processName,
  });
  return {
    app,
    clock,
    logger,
    links,
    hasher,
    erasure: { db, clock, hasher, declared: declaredEvents(catalogue) },
    codec: codecFromKeys(settings.payloadKeys, db),
    mailboxDirectory: settings.mailboxDirectory ?? null,
    db,
    pool: connection.pool,
    databaseUrl: settings.databaseUrl,
    index,
    rules,
    processName: settings.processName,
    ingest,
    providers,
    chains,
    inline,
    engineActivities,
    deliveryActivities: { deliver: createDeliver({ attempts, clock }) },
    async close() {
      await Promise.allSettled([...chains.values()].flat().map((provider) => provider.close()));
      await connection.close();
    },
  };
}

async function compileAll(app: App): Promise<ReadonlyMap<string, CompiledTemplate>> {
  const compiled = new Map<string, CompiledTemplate>();
  for (const [name, definition] of Object.entries(app.catalogue.templates)) {
    compiled.set(name, await compileTemplate(name, definition));
  }
  return compiled;
}
