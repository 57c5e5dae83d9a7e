import { ADMIN, READ, startApiWorld, WRITE, type ApiWorld } from '../api/api-world';

let world: ApiWorld;

beforeAll(async () => {
  world = await startApiWorld();
});

afterAll(() => world.stop());

const log = async (query = '') =>
  (await world.call('GET', `/v1/audit${query}`, { key: ADMIN })).json;

it('tells who read and who changed a customer, without a word about them', async () => {
  const body = { userId: 'ada', traits: { email: 'ada@shop.example' } };
  await world.call('POST', '/v1/identify', { key: WRITE, body });
  expect((await log()).entries).toEqual([]); // events are not audited one by one
  const { json: profile } = await world.call('GET', '/v1/customers/ada', { key: READ });
  await world.call('GET', '/v1/customers/email:ada@shop.example/timeline', { key: ADMIN });
  const change = { channel: 'email', purpose: 'offers', state: 'subscribed' };
  await world.call('PUT', '/v1/customers/ada/consents', { key: ADMIN, body: change });
  const { entries } = await log('?customer=ada');
  expect(entries).toMatchObject([
    { action: 'PUT /v1/customers/:id/consents', role: 'admin', customerId: profile.id },
    { action: 'GET /v1/customers/:id/timeline', role: 'admin', customerId: profile.id },
    { action: 'GET /v1/customers/:id', role: 'read', actor: 'read key', customerId: profile.id },
  ]);
  expect(JSON.stringify(entries)).not.toContain('shop.example');
});

it('is read page by page, and by admins only', async () => {
  for (let at = 0; at < 5; at++) await world.call('GET', '/v1/customers/ada', { key: READ });
  const first = await log('?limit=2');
  const second = await log(`?limit=2&before=${first.next}`);
  const ids = [...first.entries, ...second.entries].map((each: { id: string }) => each.id);
  expect(new Set(ids).size).toBe(4);
  expect((await world.call('GET', '/v1/audit', { key: READ })).status).toBe(403);
  expect((await log('?actor=read%20key')).entries.length).toBeGreaterThanOrEqual(5);
});

it('keeps its rows after an erasure, under a random id', async () => {
  const { json: profile } = await world.call('GET', '/v1/customers/ada', { key: READ });
  const before = (await log(`?limit=500`)).entries.length;
  const erased = await world.call('DELETE', '/v1/customers/ada', { key: ADMIN });
  expect(erased.status).toBe(202);
  const { entries } = await log('?limit=500');
  expect(entries.length).toBeGreaterThan(before);
  expect(entries[0]).toMatchObject({ action: 'erase', role: 'admin' });
  expect(entries[0].customerId).toMatch(/^erased-/);
  expect(JSON.stringify(entries)).not.toContain(profile.id);
});
