import { once } from 'node:events';
import { connect as openSocket, type Socket } from 'node:net';
import { createOutboxGauge } from '../../src/outbox/outbox-age';
import { until } from '../support/engine';
import { call, openApi, startApiWorld, WRITE, type ApiWorld } from './api-world';

const MAX_AGE_MS = 60_000;

let world: ApiWorld;

beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(() => world.stop());

const EVENT = { userId: 'ada', event: 'Product Viewed', properties: { product_id: 'p' } };

async function putRow(availableAt: Date, parkedAt: Date | null): Promise<void> {
  await world.deps.db
    .insertInto('outbox')
    .values({
      lane: 0,
      customer_id: 'c',
      enrollment_id: 'e',
      workflow_type: 'onOrder',
      kind: 'start',
      payload: '{}',
      created_at: availableAt,
      available_at: availableAt,
      dead_lettered_at: parkedAt,
    })
    .execute();
}

it('answers 429 with Retry-After while the outbox is too old, and stores nothing', async () => {
  const { db, clock } = world.deps;
  const gauge = createOutboxGauge({ db, clock });
  const api = await openApi({
    ...world.deps,
    outboxAge: gauge,
    limits: { outboxMaxAgeMs: MAX_AGE_MS },
  });
  const url = `http://127.0.0.1:${api.port}`;
  const post = () => call(url, 'POST', '/v1/track', { key: WRITE, body: EVENT });
  const now = clock.now().getTime();

  // What is parked, or is to be started later, says nothing of how far behind the relay is.
  await putRow(new Date(now - 10 * MAX_AGE_MS), new Date(now));
  await putRow(new Date(now + MAX_AGE_MS), null);
  expect((await post()).status).toBe(200);
  await until('a look at the outbox', () => Promise.resolve(gauge() === 0));
  expect((await post()).status).toBe(200);

  await putRow(new Date(now - 2 * MAX_AGE_MS), null);
  await until('an old outbox', () => Promise.resolve(gauge() > MAX_AGE_MS));
  const before = await db.selectFrom('events').select('id').execute();
  const refused = await post();
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(JSON.parse(refused.text)).toMatchObject({
    success: false,
    error: { code: 'outbox-behind', message: expect.stringContaining('waited 120 s') as string },
  });
  expect(await db.selectFrom('events').select('id').execute()).toEqual(before);

  await db.deleteFrom('outbox').execute();
  await until('a fresh outbox', () => Promise.resolve(gauge() === 0));
  expect((await post()).status).toBe(200);
  await api.close();
});

it('limits the bytes of bodies in flight', async () => {
  const { port } = new URL(world.url);
  const sockets: Socket[] = [];
  // 128 MiB of announced bodies, none of which ever comes.
  const lengths = [...Array.from({ length: 268 }, () => 500_000), 217_700];
  for (const length of lengths) {
    const socket = openSocket(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    const key = Buffer.from(`${WRITE}:`).toString('base64');
    socket.write(
      `POST /v1/batch HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${key}\r\nContent-Length: ${length}\r\n\r\n{`,
    );
    sockets.push(socket);
  }
  const refused = await until('a full house', async () => {
    const answer = await world.call('POST', '/v1/track', { key: WRITE, body: EVENT });
    return answer.status === 429 && answer;
  });
  expect(refused.text).toContain('too-many-requests');
  for (const socket of sockets) socket.destroy();
  await until('room again', async () => {
    const answer = await world.call('POST', '/v1/track', { key: WRITE, body: EVENT });
    return answer.status === 200;
  });
});
