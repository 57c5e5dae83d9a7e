import { sql } from 'kysely';
import { newId } from '../../src/db/new-id';
import { eraseCustomer } from '../../src/privacy/erasure';
import { ADMIN, READ, startApiWorld, WRITE, type ApiWorld } from '../api/api-world';

let world: ApiWorld;

beforeAll(async () => {
  world = await startApiWorld();
});

afterAll(() => world.stop());

const found = async (text: string) => {
  const { db } = world.deps;
  const places: string[] = [];
  for (const table of ['customers', 'identifiers', 'events', 'event_ids', 'quarantined_events']) {
    const { rows } = await sql`
      select 1 from ${sql.table(table)} t where strpos(lower(t::text), ${text}) > 0`.execute(db);
    if (rows.length > 0) places.push(table);
  }
  return places;
};

it('erases whoever was merged into a customer, through any number of merges', async () => {
  const { db, erasure } = world.deps;
  const at = world.time.now;
  for (const userId of ['ada-1', 'ada-2', 'ada-3', 'bob']) {
    const traits = { email: `${userId}@shop.example`, plan: 'gold' };
    await world.call('POST', '/v1/identify', { key: WRITE, body: { userId, traits } });
  }
  const idOf = async (userId: string) =>
    (await world.call('GET', `/v1/customers/${userId}`, { key: READ })).json.id as string;
  const [first, second, third] = [await idOf('ada-1'), await idOf('ada-2'), await idOf('ada-3')];
  await db
    .insertInto('assignments')
    .values(
      [first, second].map((customer_id) => ({
        customer_id,
        kind: 'experiment' as const,
        experiment: 'colours',
        arm: customer_id === first ? 'red' : 'blue',
        propensity: 0.5,
        hash_version: 1,
        assigned_at: new Date(at.getTime() + (customer_id === first ? 0 : 1)),
        enrollment_id: null,
        journey: null,
      })),
    )
    .execute();
  await db.updateTable('customers').set({ merged_into: second }).where('id', '=', first).execute();
  await db.updateTable('customers').set({ merged_into: third }).where('id', '=', second).execute();
  await eraseCustomer(erasure, third, 'test');
  expect(await found('ada-')).toEqual([]);
  expect(await found('bob')).not.toEqual([]);
  const assignments = await db.selectFrom('assignments').selectAll().execute();
  expect(assignments).toMatchObject([{ arm: 'red' }]);
  expect(assignments[0]?.customer_id).toMatch(/^erased-/);
});

it('erases events in quarantine, and reports of nobody that name the address', async () => {
  const { db, erasure } = world.deps;
  const email = 'cleo@shop.example';
  await world.call('POST', '/v1/identify', {
    key: WRITE,
    body: { userId: 'cleo', traits: { email, first_name: 'Cleo Patra' } },
  });
  const order = { products: 'no list', note: 'for Cleo' };
  for (const userId of ['cleo', 'somebody']) {
    await world.call('POST', '/v1/track', {
      key: WRITE,
      body: { userId, event: 'Order Completed', properties: order },
    });
  }
  await db
    .insertInto('events')
    .values({
      id: newId(),
      customer_id: null,
      seq: null,
      message_id: 'report-of-cleo',
      type: 'track',
      name: 'Message Bounced',
      properties: JSON.stringify({ recipient: email }),
      context: '{}',
      about_message_id: null,
      occurred_at: world.time.now,
      received_at: world.time.now,
    })
    .execute();
  await world.call('POST', '/v1/track', {
    key: WRITE,
    body: { userId: 'cleo', event: 'Met cleo patra in Rome' },
  });
  const { json } = await world.call('GET', '/v1/customers/cleo', { key: ADMIN });
  await eraseCustomer(erasure, json.id, 'test');
  const quarantined = await db.selectFrom('quarantined_events').select('payload').execute();
  expect(quarantined).toMatchObject([{ payload: { userId: 'somebody' } }]);
  expect(await found(email)).toEqual([]);
  expect(await found('cleo patra')).toEqual([]);
  expect(await found('report-of-cleo')).toEqual([]);
});

it('keeps no word of what a provider reports of a message later', async () => {
  const { db, erasure } = world.deps;
  await world.call('POST', '/v1/identify', { key: WRITE, body: { userId: 'dora' } });
  const { json } = await world.call('GET', '/v1/customers/dora', { key: ADMIN });
  const at = world.time.now;
  await sql`
    with e as (
      insert into enrollments (id, customer_id, journey, key, status, subscriptions, holdout, priority,
        entered_at, entered_seq, starts_at)
      values ('e', ${json.id}, 'onOrder', '', 'completed', '{}', false, 3, ${at}, 1, ${at})),
    d as (
      insert into decisions (id, customer_id, enrollment_id, journey, step, template, purpose,
        priority, outcome, reason, candidates, basis, variant, tags, deferrals, first_at, decided_at)
      values ('d', ${json.id}, 'e', 'onOrder', 1, 't', 'offers', 'normal', 'send', 'chosen',
        '[]', '{}', '{}', '{}', '[]', ${at}, ${at}))
    insert into messages (id, decision_id, customer_id, enrollment_id, journey, step, template,
      variant, tags, purpose, channel, address, content, status, cost, decided_at)
    values ('m', 'd', ${json.id}, 'e', 'onOrder', 1, 't', '{}', '{}', 'offers', 'email',
      'dora@shop.example', '{}', 'sent', 0, ${at})`.execute(db);
  await eraseCustomer(erasure, json.id, 'test');
  for (const event of ['Message Opened', 'Message Complained']) {
    const properties = { message_id: 'm', recipient: 'dora@shop.example' };
    const answer = await world.call('POST', '/v1/track', {
      key: WRITE,
      body: { anonymousId: 'the-provider', event, properties, context: { ip: '203.0.113.9' } },
    });
    expect(answer.status).toBe(200);
  }
  const message = await db.selectFrom('messages').selectAll().where('id', '=', 'm').execute();
  expect(message[0]?.opened_at).not.toBeNull();
  expect(await found('dora@')).toEqual([]);
  expect(await found('203.0.113.9')).toEqual([]);
  const suppressed = await db.selectFrom('suppressions').select('address').execute();
  expect(suppressed).toEqual([]);
});
