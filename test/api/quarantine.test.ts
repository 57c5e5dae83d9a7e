import { z } from 'zod';
import { ADMIN, READ, startApiWorld, WRITE, type ApiWorld } from './api-world';

let world: ApiWorld;

beforeAll(async () => {
  world = await startApiWorld();
});

afterAll(() => world.stop());

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  world.call('POST', path, { key: WRITE, body, headers });

async function eventOf(messageId: string) {
  return world.deps.db
    .selectFrom('events')
    .selectAll()
    .where('message_id', '=', messageId)
    .executeTakeFirst();
}

describe('an event that does not fit its declaration', () => {
  const receipt = (more: object) => ({
    userId: 'q1',
    event: 'Receipt',
    properties: { total: 5 },
    ...more,
  });

  it('is quarantined, reported, and replayed after a fix with its original time', async () => {
    world.events['Receipt'] = z.looseObject({ total: z.string() });
    const single = await post(
      '/v1/track',
      receipt({ messageId: 'q-1', timestamp: '2026-03-01T08:00:00Z' }),
    );
    expect(single.status).toBe(200);
    expect(single.json).toMatchObject({
      success: true,
      quarantined: [{ index: 0, messageId: 'q-1' }],
    });
    const batch = await post('/v1/batch', {
      batch: [
        { type: 'track', ...receipt({ messageId: 'q-2' }) },
        { type: 'track', ...receipt({ messageId: 'q-3', properties: { total: {} } }) },
      ],
    });
    expect(batch.json).toMatchObject({
      success: true,
      errors: [],
      quarantined: [{ index: 0 }, { index: 1 }],
    });
    expect(await eventOf('q-1')).toBeUndefined();

    const listed = await world.call('GET', '/v1/quarantine', { key: ADMIN });
    expect(listed.json.events).toHaveLength(3);
    expect(listed.json.events[0].reason).toMatch(/properties\.total/);

    world.time.now = new Date('2026-03-03T10:00:00Z');
    world.events['Receipt'] = z.looseObject({ total: z.number() });
    const replayed = await world.call('POST', '/v1/quarantine/replay', { key: ADMIN, body: {} });
    expect(replayed.json).toMatchObject({
      replayed: 2,
      remaining: [{ messageId: 'q-3', reason: expect.stringMatching(/expected number/) }],
    });
    const event = await eventOf('q-1');
    expect(event).toMatchObject({ name: 'Receipt', properties: { total: 5 } });
    expect(event?.occurred_at).toEqual(new Date('2026-03-01T08:00:00Z'));

    const again = await world.call('POST', '/v1/quarantine/replay', { key: ADMIN });
    expect(again.json).toMatchObject({ replayed: 0, remaining: [{ messageId: 'q-3' }] });
    const left = await world.call('GET', '/v1/quarantine', { key: ADMIN });
    expect(left.json.events[0].reason).toMatch(/expected number/);
  });

  it('is not replayed if the fixed sender has sent an event with its messageId', async () => {
    world.events['Receipt'] = z.looseObject({ total: z.string() });
    await post('/v1/track', receipt({ messageId: 'q-9' }));
    await post('/v1/track', receipt({ messageId: 'q-9', properties: { total: '5' } }));
    world.events['Receipt'] = z.looseObject({});
    await world.call('POST', '/v1/quarantine/replay', { key: ADMIN });
    expect((await eventOf('q-9'))?.properties).toEqual({ total: '5' });
  });

  it.each([
    ['write', WRITE, 403],
    ['read', READ, 403],
    ['no', undefined, 401],
  ])('is hidden from the %s key', async (_, key, status) => {
    const options = key === undefined ? {} : { key };
    expect((await world.call('GET', '/v1/quarantine', options)).status).toBe(status);
    expect((await world.call('POST', '/v1/quarantine/replay', options)).status).toBe(status);
  });
});
