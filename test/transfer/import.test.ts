import { gzipSync } from 'node:zlib';
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

async function count(
  table: 'events' | 'enrollments' | 'outbox' | 'quarantined_events' | 'customers',
) {
  const { rows } = await world.connection.pool.query<{ n: number }>(
    `select count(*)::int as n from ${table}`,
  );
  return rows[0]?.n ?? 0;
}

async function customer(id: string) {
  return (await world.call('GET', `/v1/customers/${id}`, { key: world.deps.keys.admin })).json;
}

describe('an import of events', () => {
  it('stores rows with their types, their own time and their ids, and starts no journey', async () => {
    await world.file(
      'orders.csv',
      [
        'event,user_id,timestamp,message_id,order_id,total,sku,gift,products',
        'Order Completed,ann,2024-03-31T18:30:00Z,m-1,o-1,49.90,007,true,"[{""product_id"":""p""}]"',
        'Order Completed,ann,1711909800,,o-2,-5,12345678901234567890,,',
        'Newsletter Read,ann,2024-04-01,,,,"line one',
        'line two",false,',
      ].join('\n'),
    );
    const summary = await world.run('events', 'orders.csv');
    expect(summary).toMatchObject({ rows: 3, rowsDone: 3, stored: 3, rejected: 0, stopped: false });
    const events = await eventsOf('ann');
    expect(events.map(({ name, properties }) => [name, properties])).toEqual([
      [
        'Order Completed',
        { order_id: 'o-1', total: 49.9, sku: '007', gift: true, products: [{ product_id: 'p' }] },
      ],
      ['Order Completed', { order_id: 'o-2', total: -5, sku: '12345678901234567890' }],
      ['Newsletter Read', { sku: 'line one\nline two', gift: false }],
    ]);
    expect(events.map(({ occurred_at: at }) => at.toISOString())).toEqual([
      '2024-03-31T18:30:00.000Z',
      '2024-03-31T18:30:00.000Z',
      '2024-04-01T00:00:00.000Z',
    ]);
    expect(events[0]?.message_id).toBe('m-1');
    expect(events[1]?.message_id).toMatch(/^import:[0-9a-f]{32}:2$/);
    expect(events.every(({ context }) => context['source'] === 'import')).toBe(true);
    // Before all that was ever received, so that no journey which asks later finds it.
    expect(events.every(({ seq }) => (seq ?? 0) < 0)).toBe(true);
    expect([await count('enrollments'), await count('outbox')]).toEqual([0, 0]);
  });

  it('does not store a row twice, however often the file is imported', async () => {
    const before = await count('events');
    const again = await world.run('events', 'orders.csv');
    expect(again).toMatchObject({ stored: 0, duplicates: 3, rejected: 0 });
    expect(await count('events')).toBe(before);
  });

  it('lets rows reach journeys where it is told to', async () => {
    await world.file(
      'fresh.csv',
      'event,user_id,timestamp,total\nOrder Completed,bea,2026-03-02,5\n',
    );
    await world.run('events', 'fresh.csv', { trigger: true });
    expect(await count('enrollments')).toBe(1 + 1); // onIdentify is not asked
  });
});
