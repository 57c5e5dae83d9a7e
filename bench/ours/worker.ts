import { z } from 'zod';
import { defineProvider } from '../../src/channels/define-provider';
import { readConfig } from '../../src/config';
import { composeFromConfig } from '../../src/roles/compose-from-config';
import { loadApp } from '../../src/roles/load-app';
import { start } from '../../src/roles/worker';
import { answerCalls } from '../stage/answer-calls';
import { openDeliveryReport, type ReportDelivery } from '../stage/delivery-report';
import { memoryUse } from '../stage/memory-use';

// The worker role, as `throughline worker` runs it, except for the e-mail provider: it accepts each
// message immediately, without a network, and reports it to the load.

export interface OurWorkerSettings {
  readonly reportPort: number;
}

const calls = { memoryUse };
export type OurWorkerCalls = typeof calls;

async function main({ reportPort }: OurWorkerSettings): Promise<void> {
  const config = readConfig();
  const provider = instantProvider(await openDeliveryReport(reportPort));
  const services = await composeFromConfig(config, {
    app: { ...loadApp(config.THROUGHLINE_APP), providers: [provider] },
  });
  const worker = await start(services, config);
  process.once('SIGTERM', () => {
    void worker
      .stop()
      .then(() => services.close())
      .finally(() => process.exit(0));
  });
  answerCalls(calls);
  await worker.failed;
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
