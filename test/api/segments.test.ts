import { startProfileProjector, type ProfileProjector } from '../../src/profiles/profile-projector';
import { READ, startApiWorld, WRITE, type ApiWorld } from './api-world';

let world: ApiWorld;
let follower: ProfileProjector;

beforeAll(async () => {
  world = await startApiWorld();
  follower = await startProfileProjector(world.deps);
});
afterAll(async () => {
  await follower.stop();
  await world.stop();
});

const get = (path: string, key = READ) => world.call('GET', path, { key });
const post = (path: string, body: object) => world.call('POST', path, { key: WRITE, body });

async function settled(): Promise<void> {
  while (!(await follower.isSettled())) {
    follower.wake();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

it('returns the whole profile as soon as the events are stored', async () => {
  await post('/v1/identify', {
    userId: 'ada',
    traits: { email: 'ada@shop.example' },
    context: { timezone: 'Europe/Berlin', locale: 'de-DE' },
    timestamp: '2026-02-01T08:10:00Z',
  });
  const order = (id: string, total: number, timestamp: string) =>
    post('/v1/track', {
      userId: 'ada',
      event: 'Order Completed',
      properties: { order_id: id, total, currency: 'EUR' },
      context: {
        timezone: 'Europe/Berlin',
        locale: 'de-DE',
        device: { type: 'ios', model: 'iPhone', name: 'Ada’s phone' },
        location: { city: 'Berlin', country: 'DE' },
      },
      timestamp,
    });
  await order('1', 30, '2026-02-01T08:20:00Z');
  await order('2', 60, '2026-02-20T08:20:00Z');
  await post('/v1/track', { userId: 'ada', event: 'Feedback Given', properties: { rating: 5 } });
  const { status, json } = await get('/v1/customers/ada');
  expect(status).toBe(200);
  expect(json).toMatchObject({
    computed: {
      orders: 2,
      spend: 90,
      averageOrder: 45,
      currency: 'EUR',
      spendByCurrency: { EUR: 90 },
      firstOrderAt: '2026-02-01T08:20:00.000Z',
      lastOrderAt: '2026-02-20T08:20:00.000Z',
      firstSeen: '2026-02-01T08:10:00.000Z',
      lastSeen: '2026-03-02T10:00:00.000Z',
      sessions: 3,
      favouriteChannel: null,
      preferredHour: 9,
    },
    lifecycle: 'active',
    mood: { score: 0.5, label: 'happy' },
    context: {
      device: { type: 'ios', model: 'iPhone' },
      place: { city: 'Berlin', country: 'DE' },
      zone: 'Europe/Berlin',
      locale: 'de-DE',
    },
    segments: ['buyers'],
  });
});

it('returns a small profile for a customer with few events', async () => {
  await post('/v1/track', { anonymousId: 'nobody', event: 'Product Viewed', properties: {} });
  const { json } = await get('/v1/customers/anonymous_id:nobody');
  expect(json).toMatchObject({
    computed: { orders: 0, spend: 0, averageOrder: null, sessions: 1 },
    lifecycle: 'anonymous',
    mood: null,
    segments: [],
  });
});

it('lists the segments with how many are in them, and how fresh that is', async () => {
  for (let nth = 0; nth < 14; nth++) {
    world.time.now = new Date(world.time.now.getTime() + 1_000);
    await post('/v1/track', { userId: `buyer-${nth}`, event: 'Order Completed', properties: {} });
    await settled();
  }
  const { json } = await get('/v1/segments');
  expect(json.segments).toEqual([
    {
      name: 'buyers',
      description: 'Has ordered.',
      condition: "at least once 'Order Completed'",
      count: 15,
      definedAt: expect.any(String),
      filledAt: expect.any(String),
      filling: false,
    },
  ]);
  expect(json.freshness).toEqual({ waiting: 0, oldestAt: null, failed: 0 });
});

it('shows a segment with a sample, and pages through its members', async () => {
  const { json } = await get('/v1/segments/buyers');
  expect(json).toMatchObject({ name: 'buyers', count: 15, definition: { kind: 'event' } });
  expect(json.sample).toHaveLength(10);
  expect(json.sample[0]).toMatchObject({ userId: 'buyer-13' });
  const seen: string[] = [];
  let query: string | null = '?limit=4';
  while (query !== null) {
    const { json: page } = await get(`/v1/segments/buyers/members${query}`);
    const { members, next } = page as { members: { userId: string }[]; next: string | null };
    seen.push(...members.map(({ userId }) => userId));
    query = next === null ? null : `?limit=4&before=${next}`;
  }
  expect(seen).toHaveLength(15);
  expect(new Set(seen).size).toBe(15);
  expect(seen.at(-1)).toBe('ada');
});

it('lists the segments in the error for an unknown one, and requires a key', async () => {
  const { status, json } = await get('/v1/segments/sellers');
  expect([status, json.error.code]).toEqual([404, 'unknown-segment']);
  expect(json.error.message).toContain('buyers');
  expect((await get('/v1/segments/constructor/members')).status).toBe(404);
  expect((await get('/v1/segments', WRITE)).status).toBe(403);
  expect((await get('/v1/segments/buyers/members?limit=none')).status).toBe(400);
});
