import { once } from 'node:events';
import { join } from 'node:path';
import { Client, Pool } from 'pg';
import type { RunningPostgres } from '../../src/embedded/postgres/embedded-postgres';
import { testCacheDir } from '../support/stack';
import { runChildScript, type ChildScript } from '../support/stack/child-script';
import { temporaryFolder } from './temporary-folder';

const root = temporaryFolder();
const dataDir = join(root, 'postgres');
let child: ChildScript<RunningPostgres>;
let running: RunningPostgres;
let pool: Pool;

async function start(prefer: 'pglite' | 'postgres'): Promise<void> {
  const script = join(__dirname, 'start-postgres-script.ts');
  child = await runChildScript<RunningPostgres>(script, [dataDir, testCacheDir, prefer]);
  running = child.answer;
  pool = new Pool({ connectionString: running.url, max: running.maxConnections });
  pool.on('error', () => undefined);
}

describe('PGlite, where Postgres cannot run', () => {
  beforeAll(() => start('pglite'));
  afterAll(async () => {
    await pool.end();
    await child.kill('SIGTERM');
  });

  it('takes jsonb, parameters and dates from `pg` unchanged', async () => {
    await pool.query('create table event (id int primary key, body jsonb, at timestamptz)');
    const at = new Date('2026-01-02T03:04:05.678Z');
    await pool.query('insert into event values ($1, $2, $3)', [1, { cart: { id: 'ä' } }, at]);
    const { rows } = await pool.query(`select body->'cart'->>'id' as cart, at from event`);
    expect(rows).toEqual([{ cart: 'ä', at }]);
  });

  it('lets transactions of several connections overlap without mixing them', async () => {
    await pool.query('create table counter as select 0 as n');
    const increment = async (): Promise<void> => {
      const client = await pool.connect();
      try {
        await client.query('begin');
        const { rows } = await client.query<{ n: number }>('select n from counter for update');
        await client.query('update counter set n = $1', [(rows[0]?.n ?? 0) + 1]);
        await client.query('commit');
      } finally {
        client.release();
      }
    };
    await Promise.all(Array.from({ length: 40 }, increment));
    expect((await pool.query('select n from counter')).rows).toEqual([{ n: 40 }]);
  });

  it('rolls back what a failed or cut connection left open, and lets the others go on', async () => {
    const client = new Client({ connectionString: running.url });
    await client.connect();
    await client.query('begin');
    await client.query('update counter set n = 1000');
    await expect(client.query('select 1/0')).rejects.toThrow('division by zero');
    const waiting = pool.query('select n from counter');
    await client.end();
    expect((await waiting).rows).toEqual([{ n: 40 }]);
  });

  it('notifies the connections that listen', async () => {
    expect(running.notifies).toBe(true);
    const listener = new Client({ connectionString: running.url });
    await listener.connect();
    await listener.query('listen outbox');
    const heard = once(listener, 'notification');
    await pool.query(`select pg_notify('outbox', 'row 7')`);
    expect((await heard)[0]).toMatchObject({ channel: 'outbox', payload: 'row 7' });
    await listener.end();
  });

  it('turns away who does not know the password', async () => {
    const url = new URL(running.url);
    url.password = 'guess';
    const stranger = new Client({ connectionString: url.href });
    await expect(stranger.connect()).rejects.toThrow('password authentication failed');
  });

  it.each([
    ['is stopped', 'SIGTERM'],
    ['is killed', 'SIGKILL'],
  ] as const)(
    'goes on with its data after it %s, without being preferred again',
    async (_, signal) => {
      const { url } = running;
      await child.kill(signal);
      await pool.end();
      await start('postgres');
      expect(running).toMatchObject({ kind: 'pglite', url });
      expect((await pool.query('select n from counter')).rows).toEqual([{ n: 40 }]);
    },
  );
});
