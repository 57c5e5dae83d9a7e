import { sql } from 'kysely';
import { connect } from '../../src/db/connect';
import { createStoredKeys } from '../../src/api/auth/stored-keys';
import { prefixOfKey } from '../../src/db/stores/key-text';
import { ADMIN, call, openApi, READ, startApiWorld, WRITE, type ApiWorld } from './api-world';

let world: ApiWorld;

beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(() => world.stop());

const manage = (method: string, path: string, body?: object, key = ADMIN) =>
  world.call(method, path, { key, ...(body !== undefined && { body }) });
const create = async (role: string, more: object = {}) =>
  (await manage('POST', '/v1/keys', { name: `the ${role}`, role, ...more })).json;
const reads = async (key: string) => (await manage('GET', '/v1/journeys', undefined, key)).status;

/** What the list says of a key. */
async function listed(id: string) {
  const { json } = await manage('GET', '/v1/keys');
  return json.keys.find((key: { id: string }) => key.id === id);
}

describe('a key', () => {
  it('is shown once, begins with its role, and works immediately', async () => {
    const made = await manage('POST', '/v1/keys', { name: 'dashboard', role: 'read' });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      name: 'dashboard',
      role: 'read',
      key: expect.stringMatching(/^tl_read_[\w-]{43}$/),
      prefix: expect.stringMatching(/^tl_read_[\w-]{6}$/),
      state: 'active',
      createdBy: 'admin key',
      lastUsedAt: null,
      expiresAt: null,
      replaces: null,
    });
    expect(await reads(made.json.key)).toBe(200);
    const { text } = await manage('GET', '/v1/keys');
    expect(text).not.toContain(made.json.key);
  });

  it('is stored as a hash only', async () => {
    const { key } = await create('operate');
    const { rows } = await sql<{ row: string }>`
      select api_keys::text as row from api_keys`.execute(world.deps.db);
    const kept = rows.map(({ row }) => row).join('\n');
    expect(kept).toContain(prefixOfKey(key));
    expect(kept).not.toContain(key.slice(-30));
  });

  it('sends events, by header and by body, if its role is ingest', async () => {
    const { key } = await create('ingest');
    const body = { userId: 'u', event: 'A' };
    expect((await manage('POST', '/v1/track', body, key)).status).toBe(200);
    const inBody = await world.call('POST', '/v1/track', { body: { ...body, writeKey: key } });
    expect(inBody.status).toBe(200);
    expect(await reads(key)).toBe(403);
  });

  it('records its last use, to the minute', async () => {
    const { id, key } = await create('read');
    const first = world.time.now;
    await reads(key);
    await untilUsed(id, first);
    world.time.now = new Date(first.getTime() + 30_000);
    await reads(key);
    world.time.now = new Date(first.getTime() + 90_000);
    const other = await openApi(world.deps); // which has looked nothing up yet
    await call(`http://127.0.0.1:${other.port}`, 'GET', '/v1/journeys', { key });
    await other.close();
    await untilUsed(id, new Date(first.getTime() + 90_000));
  });

  async function untilUsed(id: string, at: Date): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      if ((await listed(id)).lastUsedAt === at.toISOString()) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect((await listed(id)).lastUsedAt).toBe(at.toISOString());
  }

  it('with an expiry is valid until then and no longer', async () => {
    const expiresAt = new Date(world.time.now.getTime() + 60_000).toISOString();
    const { id, key, state } = await create('read', { expiresAt });
    expect([state, await reads(key)]).toEqual(['ending', 200]);
    world.time.now = new Date(expiresAt);
    expect(await reads(key)).toBe(401);
    expect((await listed(id)).state).toBe('expired');
  });

  it.each([
    ['no name', { role: 'read' }],
    ['an empty name', { name: ' ', role: 'read' }],
    ['no role', { name: 'x' }],
    ['an unknown role', { name: 'x', role: 'root' }],
    ['an end that is past', { name: 'x', role: 'read', expiresAt: '2020-01-01T00:00:00Z' }],
    ['an end that is no moment', { name: 'x', role: 'read', expiresAt: 'soon' }],
    ['a field that nobody knows', { name: 'x', role: 'read', hash: 'x' }],
  ])('with %s is not made', async (_, body) => {
    expect((await manage('POST', '/v1/keys', body)).status).toBe(400);
  });
});

describe('a rotated key', () => {
  it('stays valid beside its successor until the overlap ends', async () => {
    const old = await create('read');
    const rotated = await manage('POST', `/v1/keys/${old.id}/rotate`, { overlap: '2 hours' });
    expect(rotated.status).toBe(201);
    expect(rotated.json).toMatchObject({ name: old.name, role: 'read', replaces: old.id });
    expect([await reads(old.key), await reads(rotated.json.key)]).toEqual([200, 200]);
    expect((await listed(old.id)).state).toBe('ending');
    world.time.now = new Date(world.time.now.getTime() + 2 * 3_600_000);
    expect([await reads(old.key), await reads(rotated.json.key)]).toEqual([401, 200]);
  });

  it('overlaps for a day by default, and not at all on request', async () => {
    const usual = await create('read');
    await manage('POST', `/v1/keys/${usual.id}/rotate`, {});
    const day = world.time.now.getTime() + 86_400_000;
    expect((await listed(usual.id)).expiresAt).toBe(new Date(day).toISOString());
    const leaked = await create('read');
    expect(await reads(leaked.key)).toBe(200);
    await manage('POST', `/v1/keys/${leaked.prefix}/rotate`, { overlap: '0' });
    expect(await reads(leaked.key)).toBe(401);
  });

  it('does not expire later than before', async () => {
    const expiresAt = new Date(world.time.now.getTime() + 3_600_000).toISOString();
    const old = await create('read', { expiresAt });
    const { json } = await manage('POST', `/v1/keys/${old.id}/rotate`, {});
    expect([json.expiresAt, (await listed(old.id)).expiresAt]).toEqual([expiresAt, expiresAt]);
  });

  it('is rotated once by concurrent requests', async () => {
    const old = await create('read');
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => manage('POST', `/v1/keys/${old.id}/rotate`, {})),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201, 409, 409, 409, 409,
    ]);
  });

  it.each(['soon', '-1 day', '91 days', '60', ''])('rejects an overlap of %j', async (overlap) => {
    const old = await create('read');
    expect((await manage('POST', `/v1/keys/${old.id}/rotate`, { overlap })).status).toBe(400);
    expect((await listed(old.id)).state).toBe('active');
  });
});

describe('a revoked key', () => {
  it('stops working immediately in the process that revoked it, and can be revoked again', async () => {
    const { id, key } = await create('read');
    expect(await reads(key)).toBe(200);
    const revoked = await manage('DELETE', `/v1/keys/${id}`);
    expect([revoked.status, revoked.json.state]).toEqual([200, 'revoked']);
    expect(await reads(key)).toBe(401);
    const again = await manage('DELETE', `/v1/keys/${id}`);
    expect(again.json.revokedAt).toBe(revoked.json.revokedAt);
    expect((await manage('POST', `/v1/keys/${id}/rotate`, {})).status).toBe(409);
  });

  it('stops working within seconds in every other process', async () => {
    const { id, key } = await create('read');
    const other = await openApi(world.deps);
    const url = `http://127.0.0.1:${other.port}`;
    const status = async () => (await call(url, 'GET', '/v1/journeys', { key })).status;
    expect(await status()).toBe(200);
    await manage('DELETE', `/v1/keys/${id}`);
    const began = performance.now();
    while ((await status()) === 200 && performance.now() - began < 20_000) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(await status()).toBe(401);
    expect(performance.now() - began).toBeLessThan(7_000);
    await other.close();
  });

  it('that is unknown gets an error', async () => {
    expect((await manage('DELETE', '/v1/keys/none')).status).toBe(404);
    expect((await manage('POST', '/v1/keys/none/rotate', {})).status).toBe(404);
  });
});

describe('the check of keys', () => {
  it('queries the database occasionally, not for every request', async () => {
    const { key } = await create('read');
    let asked = 0;
    const db = world.deps.db.withPlugin({
      transformQuery: ({ node }) => {
        if (node.kind === 'SelectQueryNode') asked++;
        return node;
      },
      transformResult: ({ result }) => Promise.resolve(result),
    });
    const stored = createStoredKeys({ db, clock: world.deps.clock });
    const found = await Promise.all(Array.from({ length: 50 }, () => stored.find(key)));
    expect(found.every((each) => each?.role === 'read')).toBe(true);
    for (let times = 0; times < 50; times++) await stored.find(key);
    expect(asked).toBe(1);
    await stored.find('not one of ours');
    expect(asked).toBe(1);
  });

  it("accepts the environment's keys while the database is unavailable, and answers others with a retry", async () => {
    const { key } = await create('read');
    const away = connect('postgres://nobody:secret@127.0.0.1:1/none', 1);
    const { keys, ...rest } = world.deps;
    const api = await openApi({
      ...rest,
      keys: { ...keys, stored: createStoredKeys({ db: away.db, clock: world.deps.clock }) },
    });
    const url = `http://127.0.0.1:${api.port}`;
    const track = (given: string) =>
      call(url, 'POST', '/v1/track', { key: given, body: { userId: 'u', event: 'A' } });
    expect((await track(WRITE)).status).toBe(200);
    expect((await call(url, 'GET', '/v1/journeys', { key: READ })).status).toBe(200);
    const refused = await call(url, 'GET', '/v1/journeys', { key });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    await api.close();
    await away.close();
  });
});
