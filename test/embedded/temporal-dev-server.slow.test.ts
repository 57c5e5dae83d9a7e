import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { isRunning } from '../../src/embedded/processes/running-process';
import {
  startTemporalDevServer,
  type RunningTemporal,
  type TemporalDevServerOptions,
} from '../../src/embedded/temporal/temporal-dev-server';
import { temporalCliBinary } from '../support/stack';
import { runChildScript } from '../support/stack/child-script';
import { temporaryFolder } from './temporary-folder';

const dbFile = join(temporaryFolder(), 'temporal', 'temporal.db');
const said: string[] = [];
let options: TemporalDevServerOptions;
let running: RunningTemporal | undefined;

/** A workflow that nobody works on still exists, which is all that is asked here. */
async function withClient<T>(address: string, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection, namespace: 'shop' }));
  } finally {
    await connection.close();
  }
}

function statusOf(address: string, workflowId: string): Promise<string> {
  return withClient(address, async (client) => {
    return (await client.workflow.getHandle(workflowId).describe()).status.name;
  });
}

describe('startTemporalDevServer', () => {
  beforeAll(async () => {
    options = {
      binary: await temporalCliBinary(),
      dbFile,
      namespace: 'shop',
      searchAttributes: { CustomerId: 'Keyword', Paused: 'Bool' },
      log: (sentence) => said.push(sentence),
    };
  });
  afterAll(() => running?.stop());

  it('serves its namespace with the search attributes, and its Web UI', async () => {
    running = await startTemporalDevServer(options);
    await withClient(running.address, async (client) => {
      await client.workflow.start('asleep', {
        workflowId: 'one',
        taskQueue: 'nobody',
        searchAttributes: { CustomerId: ['c1'], Paused: [false] },
      });
    });
    const page = await fetch(running.uiUrl);
    expect(page.status).toBe(200);
  });

  it('keeps workflows over a restart', async () => {
    await running?.stop();
    running = await startTemporalDevServer(options);
    expect(await statusOf(running.address, 'one')).toBe('RUNNING');
  });

  it('stops the server that a killed parent left behind, and keeps its workflows', async () => {
    await running?.stop();
    running = undefined;
    const script = join(__dirname, 'start-temporal-script.ts');
    const child = await runChildScript<{ address: string; pid: number }>(script, [
      options.binary,
      dbFile,
    ]);
    const { address, pid } = child.answer;
    await withClient(address, async (client) => {
      await client.workflow.start('asleep', { workflowId: 'two', taskQueue: 'nobody' });
    });
    await child.kill('SIGKILL');
    expect(isRunning(pid)).toBe(true);
    running = await startTemporalDevServer(options);
    expect(said.at(-1)).toContain(`Stopping the Temporal dev server (pid ${pid})`);
    expect(isRunning(pid)).toBe(false);
    expect(await statusOf(running.address, 'two')).toBe('RUNNING');
  });

  it('comes back at the same address when it is killed', async () => {
    if (!running) throw new Error('No server runs: an earlier test failed.');
    const { address, pid } = running;
    process.kill(pid, 'SIGKILL');
    for (let waited = 0; running.pid === pid && waited < 20_000; waited += 50) await pause(50);
    expect(await statusOf(address, 'two')).toBe('RUNNING');
  });

  it.each([
    ['TEMPORAL_PORT', 'port'],
    ['TEMPORAL_UI_PORT', 'uiPort'],
  ])('names %s when that port is in use', async (variable, option) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const start = startTemporalDevServer({ ...options, dbFile: `${dbFile}.2`, [option]: port });
    await expect(start).rejects.toThrow(
      `Port ${port} is already in use on 127.0.0.1, and ${variable} expects it to be free.`,
    );
    other.close();
  });

  it('shows what the server said when it ends at its start', async () => {
    const start = startTemporalDevServer({
      ...options,
      dbFile: `${dbFile}.3`,
      // @ts-expect-error: what a caller without types may pass
      searchAttributes: { Wrong: 'Nonsense' },
    });
    await expect(start).rejects.toThrow(
      /exited at its start \(code 1\)\. Its output:\n.*Nonsense/is,
    );
  });
});
