import type { Services } from '../../../src/compose';
import { newId } from '../../../src/db/new-id';
import type { PreferenceChange } from '../../../src/domain/consent/preferences';
import { storePreferences } from '../../../src/consent/change-preferences';
import type { SendInput } from '../../../src/journey/engine-activities';
import { app as shopApp } from '../../../src/workflows/app';
import { composeServices, type TestServices } from '../../support/services';

/** A Wednesday at noon in UTC. */
const NOW = Date.UTC(2026, 5, 3, 12);
const DAY = 86_400_000;

let composed: TestServices;
let services: Services;

beforeAll(async () => {
  composed = await composeServices({
    app: { ...shopApp, policy: { ...shopApp.policy, caps: [] } },
    clock: { now: () => new Date(NOW) },
  });
  services = composed.processes[0];
});
afterAll(() => composed.close());

async function customer(preferences: PreferenceChange): Promise<string> {
  const id = newId();
  const at = new Date(NOW - DAY);
  const traits = JSON.stringify({ email: `${id}@customers.example` });
  await services.db
    .insertInto('customers')
    .values({ id, traits, time_zone: 'UTC', created_at: at, updated_at: at })
    .execute();
  await services.db
    .insertInto('consents')
    .values({ customer_id: id, channel: 'email', purpose: 'offers', state: 'subscribed', at })
    .execute();
  await storePreferences(services, id, preferences, { source: 'test', now: new Date(NOW) });
  return id;
}

async function intent(customerId: string, change: Partial<SendInput> = {}): Promise<SendInput> {
  const id = newId();
  const at = new Date(NOW - DAY);
  await services.db
    .insertInto('enrollments')
    .values({
      id,
      customer_id: customerId,
      journey: 'winBack',
      key: id,
      status: 'active',
      subscriptions: [],
      holdout: false,
      priority: 3,
      entered_at: at,
      entered_seq: 0,
      starts_at: at,
      end_reason: null,
      trigger_event_id: null,
      goal_event_id: null,
    })
    .execute();
  return {
    decisionId: `${id}.0`,
    enrollmentId: id,
    customerId,
    journey: 'winBack',
    step: 0,
    template: 'win-back-offer',
    purpose: 'offers',
    via: ['email'],
    props: { arm: 'advice' },
    priority: 'normal',
    value: null,
    tags: [],
    aboutEventId: null,
    exposures: [],
    now: NOW,
    overdue: false,
    ...change,
  };
}

const decide = (input: SendInput) => services.engineActivities.send(input);

describe('a decision under preferences', () => {
  it.each([
    ['channel-off', { channels: { email: false } }],
    ['topic-off', { topics: { offers: false } }],
    ['paused', { pausedUntil: new Date(NOW + DAY).toISOString() }],
    ['capped', { maxPerWeek: 0 }],
  ] as const)('sends nothing: %s', async (reason, preferences) => {
    const id = await customer(preferences);
    const input = await intent(id);
    expect(await decide(input)).toEqual({ do: 'skip', reason });
    const { basis } = await services.db
      .selectFrom('decisions')
      .select('basis')
      .where('id', '=', input.decisionId)
      .executeTakeFirstOrThrow();
    expect(basis['preferences']).toMatchObject(preferences);
  });

  it.each([
    ['another channel off', { channels: { sms: false } }],
    ['another topic off', { topics: { tips: false } }],
    ['a channel on', { channels: { email: true } }],
    ['a pause that is over', { pausedUntil: new Date(NOW).toISOString() }],
    ['a limit not reached', { maxPerWeek: 1 }],
    ['a best time that is now', { bestTime: 'afternoon' }],
    ['quiet hours at another time', { quietHours: { from: '13:00', to: '14:00' } }],
  ] as const)('sends: %s', async (_, preferences) => {
    expect(await decide(await intent(await customer(preferences)))).toMatchObject({ do: 'send' });
  });

  it.each([
    ['digest', { digest: 'weekly' }, '2026-06-08T09:00:00.000Z'],
    ['digest', { digest: 'daily', bestTime: 'evening' }, '2026-06-03T17:00:00.000Z'],
    ['best-time', { bestTime: 'evening' }, '2026-06-03T17:00:00.000Z'],
    ['quiet-hours', { quietHours: { from: '11:00', to: '15:30' } }, '2026-06-03T15:30:00.000Z'],
  ] as const)('waits: %s', async (reason, preferences, until) => {
    const input = await intent(await customer(preferences));
    expect(await decide(input)).toEqual({ do: 'defer', reason, until: Date.parse(until) });
    // Afterwards it is sent, and does not wait for the same reason again.
    expect(await decide({ ...input, now: Date.parse(until) + 1_000 })).toMatchObject({
      do: 'send',
    });
  });

  it('waits until the end of quiet hours for a digest that is due within them', async () => {
    const id = await customer({ digest: 'daily', quietHours: { from: '08:00', to: '10:00' } });
    const input = await intent(id);
    const digest = Date.parse('2026-06-04T09:00:00Z');
    expect(await decide(input)).toMatchObject({ do: 'defer', reason: 'digest', until: digest });
    const end = Date.parse('2026-06-04T10:00:00Z');
    expect(await decide({ ...input, now: digest })).toMatchObject({
      do: 'defer',
      reason: 'quiet-hours',
      until: end,
    });
    expect(await decide({ ...input, now: end })).toMatchObject({ do: 'send' });
  });

  it('applies the customer’s own limit to the last seven days', async () => {
    const id = await customer({ maxPerWeek: 1 });
    expect(await decide(await intent(id))).toMatchObject({ do: 'send' });
    const again = await decide(await intent(id, { now: NOW + 6 * DAY }));
    expect(again).toEqual({ do: 'skip', reason: 'capped' });
    expect(await decide(await intent(id, { now: NOW + 7 * DAY }))).toMatchObject({ do: 'send' });
  });

  it('sends transactional messages regardless of preferences, except to a suppressed address', async () => {
    const id = await customer({
      channels: { email: false },
      topics: { offers: false },
      pausedUntil: new Date(NOW + DAY).toISOString(),
      maxPerWeek: 0,
      digest: 'weekly',
      quietHours: { from: '11:00', to: '15:30' },
      bestTime: 'morning',
    });
    const transactional = { purpose: 'transactional' };
    expect(await decide(await intent(id, transactional))).toMatchObject({ do: 'send' });
    await services.db
      .insertInto('suppressions')
      .values({
        channel: 'email',
        address: `${id}@customers.example`,
        reason: 'complaint',
        message_id: null,
        at: new Date(NOW),
      })
      .execute();
    expect(await decide(await intent(id, transactional))).toEqual({
      do: 'skip',
      reason: 'suppressed',
    });
  });

  it('applies changed preferences to later intents only', async () => {
    const id = await customer({});
    const decided = await decide(await intent(id));
    await storePreferences(
      services,
      id,
      { channels: { email: false } },
      { source: 'test', now: new Date(NOW) },
    );
    expect(decided).toMatchObject({ do: 'send' });
    expect(await decide(await intent(id))).toEqual({ do: 'skip', reason: 'channel-off' });
  });
});

it('adds the link to the preference centre, in the recipient’s language, to a marketing mail', async () => {
  for (const [locale, words] of [
    ['en-GB', 'Choose what you get'],
    ['de-AT', 'Auswählen, was Sie erhalten'],
    ['fr', 'Choisir ce que vous recevez'],
    ['tlh', 'Choose what you get'],
  ] as const) {
    const id = await customer({});
    await services.db.updateTable('customers').set({ locale }).where('id', '=', id).execute();
    const decided = await decide(await intent(id));
    if (decided.do !== 'send') throw new Error('Found no message; expected one.');
    const { content } = await services.db
      .selectFrom('messages')
      .select('content')
      .where('id', '=', decided.messageId)
      .executeTakeFirstOrThrow();
    if (content.channel !== 'email') throw new Error('Found no mail; expected one.');
    expect(content.html).toContain(words);
    expect(content.html).toMatch(/href="http:\/\/shop\.example\/preferences\/[\w-]+\.[\w-]+"/);
    expect(content.text).toContain('http://shop.example/preferences/');
  }
});
