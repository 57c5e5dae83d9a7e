import { ADMIN, READ, WRITE } from './api-world';
import { NOTHING_SAID, person, stateOf, useCentre, world } from './centre-world';

useCentre();

describe('preferences over the API', () => {
  const put = (userId: string, body: unknown, key = ADMIN) =>
    world.call('PUT', `/v1/customers/${userId}/preferences`, { key, body });

  it('are changed field by field, and removed with null', async () => {
    const { userId } = await person();
    const first = await put(userId, { channels: { sms: false }, maxPerWeek: 3 });
    expect(first.json.preferences).toEqual({
      ...NOTHING_SAID,
      channels: { sms: false },
      maxPerWeek: 3,
    });
    await put(userId, { topics: { offers: false }, digest: 'daily', maxPerWeek: null });
    const { json } = await world.call('GET', `/v1/customers/${userId}/preferences`, { key: READ });
    expect(json.preferences).toEqual({
      ...NOTHING_SAID,
      channels: { sms: false },
      topics: { offers: false },
      digest: 'daily',
    });
    const profile = await world.call('GET', `/v1/customers/${userId}`, { key: READ });
    expect(profile.json.preferences).toEqual(json.preferences);
  });

  it.each([
    ['an unknown topic', { topics: { gossip: false } }],
    ['an unknown channel', { channels: { pigeon: false } }],
    ['an unknown field', { colour: 'red' }],
    ['half a message', { maxPerWeek: 1.5 }],
    ['fewer than none', { maxPerWeek: -1 }],
    ['quiet hours all day', { quietHours: { from: '08:00', to: '08:00' } }],
    ['quiet hours that are none', { quietHours: { from: '25:00', to: '08:00' } }],
    ['an unknown digest', { digest: 'hourly' }],
    ['a pause without end', { pausedUntil: '9999-01-01T00:00:00Z' }],
    ['a moment that is none', { pausedUntil: 'tomorrow' }],
    ['nonsense', 'nonsense'],
  ])('are refused for %s', async (_, body) => {
    const { userId } = await person();
    const answer = await put(userId, body);
    expect(answer.status).toBe(400);
    expect((await stateOf({ userId, id: '', email: '' })).preferences).toEqual(NOTHING_SAID);
  });

  it('require the admin key and a customer', async () => {
    const { userId } = await person();
    expect((await put(userId, {}, READ)).status).toBe(403);
    expect((await put(userId, {}, WRITE)).status).toBe(403);
    expect((await put('user_id:nobody-at-all', {})).status).toBe(404);
  });
});
