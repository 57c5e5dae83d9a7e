import { z } from 'zod';
import { defineProvider } from '../../src/channels/define-provider';
import { compose } from '../../src/compose';
import { readConfig } from '../../src/config';
import { settingsOf } from '../../src/roles/settings';
import { lazyClient, nativeConnection, temporalAddress } from '../../src/roles/temporal';
import { installTemporalRuntime } from '../../src/roles/temporal-runtime';
import { startWorkers } from '../../src/roles/workers';
import { answerCalls } from '../stage/answer-calls';
import { openDeliveryReport, type ReportDelivery } from '../stage/delivery-report';
import { memoryUse } from '../stage/memory-use';

// The worker role, as `throughline worker` runs it, but for the provider of e-mail: that takes each
// message at once, without a network, and says so to the load.

export interface OurWorkerSettings {
  readonly reportPort: number;
}

const calls = { memoryUse };
export type OurWorkerCalls = typeof calls;

async function main({ reportPort }: OurWorkerSettings): Promise<void> {
  const config = readConfig();
  const settings = settingsOf(config, {
    databaseUrl: config.DATABASE_URL as string,
    maxConnections: config.DATABASE_CONNECTIONS,
    signingKey: config.THROUGHLINE_SIGNING_KEY as string,
    publicUrl: config.THROUGHLINE_PUBLIC_URL as string,
  });
  installTemporalRuntime(config.LOG_LEVEL, settings.logger);
  const provider = instantProvider(await openDeliveryReport(reportPort));
  const services = await compose({
    ...settings,
    app: { ...settings.app, providers: [provider] },
  });
  const temporal = await temporalAddress(config, config.TEMPORAL_ADDRESS as string);
  const connection = await nativeConnection(temporal);
  const { client, close } = lazyClient(temporal, services.codec);
  const workers = await startWorkers({
    services,
    connection,
    client,
    namespace: config.TEMPORAL_NAMESPACE,
    taskQueue: config.THROUGHLINE_TASK_QUEUE,
    journeys: true,
    cachedJourneys: config.THROUGHLINE_CACHED_JOURNEYS,
  });
  process.once('SIGTERM', () => {
    void workers
      .stop()
      .then(close)
      .then(() => services.close())
      .finally(() => process.exit(0));
  });
  answerCalls(calls);
  await workers.failed;
}

function instantProvider(report: ReportDelivery) {
  return defineProvider({
    name: 'bench',
    channel: 'email',
    settings: z.object({}),
    idempotent: false,
    create: () => ({
      deliver(message) {
        const [key = ''] = message.address.split('@');
        report(key);
        return Promise.resolve({ providerMessageId: message.id, response: 'taken' });
      },
    }),
  });
}

void main(JSON.parse(process.argv[2] ?? '{}') as OurWorkerSettings);
