import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { whyNotBuilt } from '../../dev/temporal-cluster/server-binaries';
import {
  startTemporalCluster,
  type RunningTemporalCluster,
  type TemporalClusterOptions,
} from '../../dev/temporal-cluster/start-temporal-cluster';
import { isRunning } from '../../src/embedded/processes/running-process';
import { searchAttributesOf } from '../../src/outbox/relay/search-attributes';
import { testCacheDir } from '../support/stack/test-binaries';
import { temporaryFolder } from './temporary-folder';
import type { waitForName, WaitingActivities } from './waiting-workflow';

const TASK_QUEUE = 'cluster';
const MINUTES = 5 * 60_000;
const reason = whyNotBuilt(testCacheDir);
if (reason !== undefined) console.log(`The Temporal cluster is not tested: ${reason}`);

(reason === undefined ? describe : describe.skip)('startTemporalCluster', () => {
  const folder = temporaryFolder();
  const said: string[] = [];
  const options: TemporalClusterOptions = {
    folder,
    cacheDir: testCacheDir,
    pathVariable: process.env['PATH'] ?? '',
    log: (sentence) => said.push(sentence),
  };
  let cluster: RunningTemporalCluster;
  let stopWorker = (): Promise<void> => Promise.resolve();

  beforeAll(async () => {
    cluster = await startTemporalCluster(options);
    stopWorker = await runWorker(cluster.address);
  }, MINUTES);
  afterAll(async () => {
    await stopWorker();
    await cluster.stop();
  }, MINUTES);

  it(
    'goes on with a workflow at the same address after its server is killed',
    async () => {
      const { address, serverPid } = cluster;
      await withClient(address, async (client) => {
        const handle = await client.workflow.start<typeof waitForName>('waitForName', {
          workflowId: 'waiting',
          taskQueue: TASK_QUEUE,
          args: ['Ada'],
          typedSearchAttributes: searchAttributesOf(
            { customerId: 'customer-1', key: 'key-1' },
            false,
          ),
        });
        await until(async () => (await handle.describe()).historyLength >= 10);
      });

      process.kill(serverPid, 'SIGKILL');
      await until(() => Promise.resolve(cluster.serverPid !== serverPid));

      await withClient(address, async (client) => {
        const handle = client.workflow.getHandle<typeof waitForName>('waiting');
        expect((await handle.describe()).status.name).toBe('RUNNING');
        await handle.signal('nameGiven', 'Grace');
        expect(await handle.result()).toEqual(['Hello Ada', 'Hello Grace']);
        await until(async () => {
          const query = `ThroughlineCustomer = 'customer-1' and ExecutionStatus = 'Completed'`;
          const found: string[] = [];
          for await (const each of client.workflow.list({ query })) found.push(each.workflowId);
          return found.join() === 'waiting';
        });
      });
    },
    MINUTES,
  );

  it(
    'leaves no process behind, and goes on with its workflows at the next start',
    async () => {
      await stopWorker();
      const { address, serverPid, postgresPid } = cluster;
      await cluster.stop();
      expect([serverPid, postgresPid].filter(isRunning)).toEqual([]);

      cluster = await startTemporalCluster(options);
      expect(cluster.address).toBe(address);
      const status = await withClient(address, async (client) => {
        return (await client.workflow.getHandle('waiting').describe()).status.name;
      });
      expect(status).toBe('COMPLETED');
    },
    MINUTES,
  );
});

async function runWorker(address: string): Promise<() => Promise<void>> {
  const activities: WaitingActivities = { greet: (name) => Promise.resolve(`Hello ${name}`) };
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    taskQueue: TASK_QUEUE,
    activities,
    workflowBundle: await bundleWorkflowCode({
      workflowsPath: require.resolve('./waiting-workflow'),
      logger: new DefaultLogger('ERROR'),
    }),
  });
  const run = worker.run();
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    worker.shutdown();
    await run;
    await connection.close();
  };
  return () => (stopped ??= stop());
}

async function withClient<T>(address: string, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 120_000; !(await holds()); await pause(100)) {
    if (Date.now() > deadline) throw new Error('What was waited for did not happen in 120 s.');
  }
}
