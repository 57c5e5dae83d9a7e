import { NativeConnection, Worker } from '@temporalio/worker';
import { createLogger } from '../../src/logger';
import { installTemporalRuntime } from '../../src/roles/temporal-runtime';
import { answerCalls } from '../stage/answer-calls';
import { openDeliveryReport, type ReportDelivery } from '../stage/delivery-report';
import { memoryUse } from '../stage/memory-use';

export interface BareWorkerSettings {
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly reportPort: number;
}

export type BareActivities = ReturnType<typeof createBareActivities>;

/** The provider takes the message at once, without a network. */
function createBareActivities(report: ReportDelivery) {
  return {
    deliver(key: string): Promise<string> {
      report(key);
      return Promise.resolve('sent');
    },
  };
}

const calls = { memoryUse };
export type BareWorkerCalls = typeof calls;

async function main(settings: BareWorkerSettings): Promise<void> {
  installTemporalRuntime('error', createLogger('error'));
  const { address, namespace, taskQueue } = settings;
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    namespace,
    taskQueue,
    workflowsPath: require.resolve('./workflows'),
    activities: createBareActivities(await openDeliveryReport(settings.reportPort)),
  });
  const running = worker.run();
  process.once('SIGTERM', () => {
    worker.shutdown();
    void running.finally(() => process.exit(0));
  });
  answerCalls(calls);
  await running;
}

void main(JSON.parse(process.argv[2] ?? '{}') as BareWorkerSettings);
