import { startImportWorld, type ImportWorld } from './import-world';

let world: ImportWorld;

beforeAll(async () => {
  world = await startImportWorld();
});
afterAll(() => world.stop());

async function eventsOf(userId: string) {
  return world.deps.db
    .selectFrom('events as e')
    .innerJoin('identifiers as i', 'i.customer_id', 'e.customer_id')
    .select([
      'e.name',
      'e.type',
      'e.properties',
      'e.context',
      'e.occurred_at',
      'e.message_id',
      'e.seq',
    ])
    .where('i.value', '=', userId)
    .orderBy('e.id')
    .execute();
}

describe('a file of many new customers', () => {
  it('is stored by looking each up alone, though the plans were made for empty tables', async () => {
    const fresh = await startImportWorld();
    const rows = Array.from({ length: 8_000 }, (_, at) => `A,new-${at % 4_000},2024-01-01`);
    await fresh.file('new.csv', ['event,user_id,timestamp', ...rows].join('\n'));
    await fresh.run('events', 'new.csv');
    const read = async () => {
      const { rows: found } = await fresh.connection.pool.query<{ read: number }>(
        `select coalesce(sum(idx_tup_read), 0)::int as read from pg_stat_user_indexes
         where relname = 'identifiers'`,
      );
      return found[0]?.read ?? 0;
    };
    // Each connection tells what it has read about a second later.
    for (let tries = 0; tries < 50 && (await read()) < 4_000; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      await Promise.all(Array.from({ length: 8 }, () => fresh.connection.pool.query('select 1')));
    }
    expect(await read()).toBeLessThan(50_000);
    await fresh.stop();
  });
});

describe('an import that is stopped', () => {
  it('goes on from there, with its rejects as they were', async () => {
    const lines = Array.from({ length: 5_000 }, (_, at) =>
      at % 1_000 === 10 ? `A,,${at}` : `A,stop-${at % 50},${at}`,
    );
    await world.file('long.csv', ['event,user_id,n', ...lines].join('\n'));
    const stop = new AbortController();
    const first = await world.run('events', 'long.csv', {
      signal: stop.signal,
      onProgress: ({ rowsDone }) => rowsDone >= 1_000 && stop.abort(),
    });
    expect(first).toMatchObject({ stopped: true, rows: 5_000, duplicates: 0 });
    expect(first.rowsDone).toBeLessThan(5_000);
    let from = 0;
    const second = await world.run('events', 'long.csv', {
      onStart: (_source, _columns, done) => (from = done),
    });
    expect(from).toBe(first.rowsDone);
    expect(second).toMatchObject({ stopped: false, stored: 4_995, duplicates: 0, rejected: 5 });
    const rejects = (await world.text('long.rejects.csv')).trim().split('\n').slice(1);
    expect(rejects.map((line) => line.split(',')[2])).toEqual([
      '10',
      '1010',
      '2010',
      '3010',
      '4010',
    ]);
  });

  it('is not begun twice at a time', async () => {
    await world.file('twice.csv', `event,user_id\n${'A,twice\n'.repeat(3_000)}`);
    const runs = await Promise.allSettled([
      world.run('events', 'twice.csv'),
      world.run('events', 'twice.csv'),
    ]);
    expect(runs.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const failed = runs.find((each) => each.status === 'rejected');
    expect(String(failed?.reason)).toMatch(/is being imported by another process/);
    expect(await eventsOf('twice')).toHaveLength(3_000);
  });
});
