import { createDeliver } from './activities/deliver';
import { NearDeliveries } from './activities/near-deliveries';
import { createEngineActivities } from './activities/create-engine-activities';
import type { App } from './app';
import { createProviders, type ProviderSettings } from './channels/registry';
import { composeIngest } from './compose-ingest';
import type { Clock } from './domain/clock';
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
  readonly mail: Pick<ProviderSettings, 'smtpUrl' | 'mailFrom' | 'outboxDirectory'>;
  readonly webhook: {
    readonly url: string;
    readonly secret: string;
    readonly allowPrivateAddresses: boolean;
  } | null;
  /** Names this process in records of what it did. */
  readonly processName: string;
}

export type Services = Awaited<ReturnType<typeof compose>>;

/** Wires everything once: stores, channels, ingest and activities over one pool of connections. */
export async function compose(settings: Settings) {
  const { app, clock, logger, links, webhook } = settings;
  const { catalogue, policy } = app;
  const { connection, index, ingest } = composeIngest(settings);
  const { db } = connection;
  const providers = createProviders(
    {
      ...settings.mail,
      webhook: webhook ?? undefined,
      costs: policy.costs,
    },
    {
      async writeInbox(item) {
        await db
          .insertInto('inbox_items')
          .values({
            id: item.id,
            customer_id: item.customerId,
            title: item.title,
            body: item.body,
            url: item.url ?? null,
            created_at: item.at,
          })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      },
    },
  );
  const templates = await compileAll(app);
  const near = new NearDeliveries();
  const engineActivities = createEngineActivities({
    db,
    policy,
    catalogue,
    index,
    ingest,
    templates,
    providers,
    links,
    webhookUrl: webhook?.url ?? null,
    near,
  });
  const deliver = createDeliver({
    db,
    providers,
    links,
    clock,
    random: Math.random,
    workerName: settings.processName,
    near,
  });
  return {
    app,
    clock,
    logger,
    links,
    db,
    pool: connection.pool,
    databaseUrl: settings.databaseUrl,
    index,
    processName: settings.processName,
    ingest,
    providers,
    near,
    engineActivities,
    deliveryActivities: { deliver },
    async close() {
      await Promise.allSettled([...providers.values()].map((provider) => provider.close()));
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
