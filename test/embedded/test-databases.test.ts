import { join } from 'node:path';
import { Client } from 'pg';
import { startPostgres, type RunningPostgres } from '../../src/embedded/postgres/embedded-postgres';
import { cloneDatabase, createTemplateDatabase, testCacheDir } from '../support/stack';
import { temporaryFolder } from './temporary-folder';

let running: RunningPostgres;
const dataDir = join(temporaryFolder(), 'postgres');

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('databases for tests', () => {
  beforeAll(async () => {
    const log = (): void => undefined;
    running = await startPostgres({ dataDir, cacheDir: testCacheDir, durable: false, log });
  });
  afterAll(() => running.stop());

  it('gives each test file a copy of the migrated template, which it may fill and drop', async () => {
    await createTemplateDatabase(running.url, 'template_shop', async (url) => {
      await query(url, 'create table customer (id text)');
    });
    const one = await cloneDatabase(running.url, 'template_shop');
    const two = await cloneDatabase(running.url, 'template_shop');
    await query(one.url, `insert into customer values ('c1')`);
    expect(await query(two.url, 'select * from customer')).toEqual([]);
    await one.drop();
    await expect(query(one.url, 'select 1')).rejects.toThrow('does not exist');
    await two.drop();
  });
});
