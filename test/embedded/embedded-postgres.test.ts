import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { startPostgres, type RunningPostgres } from '../../src/embedded/postgres/embedded-postgres';
import { isPortFree } from '../../src/embedded/processes/ports';
import { isRunning } from '../../src/embedded/processes/running-process';
import { runChildScript } from '../support/stack/child-script';
import { testCacheDir } from '../support/stack';
import { temporaryFolder } from './temporary-folder';

const root = temporaryFolder();
const dataDir = join(root, 'postgres');
const said: string[] = [];
let running: RunningPostgres | undefined;

interface Answer {
  readonly url: string;
  readonly pid: number;
}

function current(): RunningPostgres {
  if (!running) throw new Error('No Postgres runs: an earlier test failed.');
  return running;
}

function start(): Promise<RunningPostgres> {
  return startPostgres({ dataDir, cacheDir: testCacheDir, log: (line) => said.push(line) });
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function eventually<T>(attempt: () => Promise<T>, ms = 15_000): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await pause(50);
    }
  }
}

describe('startPostgres', () => {
  afterAll(() => running?.stop());

  it('starts a durable server with a password of its own, on the loopback interface only', async () => {
    running = await start();
    const settings = await query(
      running.url,
      `select name, setting from pg_settings where name in
       ('fsync', 'synchronous_commit', 'listen_addresses', 'TimeZone', 'server_encoding') order by name`,
    );
    expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
      TimeZone: 'UTC',
      fsync: 'on',
      listen_addresses: '127.0.0.1',
      server_encoding: 'UTF8',
      synchronous_commit: 'on',
    });
    expect(statSync(join(running.folder, 'password')).mode & 0o777).toBe(0o600);
    const wrong = new URL(running.url);
    wrong.password = 'guess';
    await expect(query(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
  });

  it('continues with its data at the same address after a stop', async () => {
    const { url, pid } = current();
    await query(url, 'create table kept as select 1 as one');
    await running?.stop();
    expect(isRunning(pid ?? 0)).toBe(false);
    expect(await isPortFree(Number(new URL(url).port))).toBe(true);
    running = await start();
    expect(running.url).toBe(url);
    expect(await query(url, 'select one from kept')).toEqual([{ one: 1 }]);
  });

  it('refuses a second start on the same data', async () => {
    await expect(start()).rejects.toThrow(
      `The database in ${dataDir} is in use by process ${process.pid}. Stop that first.`,
    );
  });

  it('comes back with everything committed when the server is killed', async () => {
    const { url, pid } = current();
    await query(url, 'insert into kept values (2)');
    process.kill(pid ?? 0, 'SIGKILL');
    // A connection may still be accepted in the moment before the killed server is gone.
    await eventually(async () => {
      await query(url, 'select 1');
      expect(running?.pid).not.toBe(pid);
    });
    expect(await query(url, 'select one from kept order by 1')).toEqual([{ one: 1 }, { one: 2 }]);
    expect(said.at(-1)).toBe('Postgres exited (SIGKILL); restarting it.');
    await running?.stop();
    running = undefined;
  });

  it('stops the server that a killed parent left behind and continues with its data', async () => {
    const script = join(__dirname, 'start-postgres-script.ts');
    const child = await runChildScript<Answer>(script, [dataDir, testCacheDir]);
    const { url, pid } = child.answer;
    await query(url, 'insert into kept values (3)');
    await child.kill('SIGKILL');
    expect(isRunning(pid)).toBe(true);
    running = await start();
    expect(said.at(-1)).toContain(`Stopping the Postgres (pid ${pid})`);
    expect(isRunning(pid)).toBe(false);
    expect(running.url).toBe(url);
    expect(await query(url, 'select count(*)::int as n from kept')).toEqual([{ n: 3 }]);
  });

  it('starts again when both the server and its parent were killed', async () => {
    await running?.stop();
    running = undefined;
    const script = join(__dirname, 'start-postgres-script.ts');
    const child = await runChildScript<Answer>(script, [dataDir, testCacheDir]);
    const { url, pid } = child.answer;
    await query(url, 'insert into kept values (4)');
    await child.kill('SIGKILL');
    process.kill(pid, 'SIGKILL');
    running = await start();
    expect(await query(running.url, 'select count(*)::int as n from kept')).toEqual([{ n: 4 }]);
  });

  it('is stopped when its process exits without stopping it', async () => {
    await running?.stop();
    running = undefined;
    const script = join(__dirname, 'start-postgres-script.ts');
    const child = await runChildScript<Answer>(script, [dataDir, testCacheDir, 'exit']);
    const { pid } = child.answer;
    await eventually(async () => expect(isRunning(pid)).toBe(false));
  });
});
