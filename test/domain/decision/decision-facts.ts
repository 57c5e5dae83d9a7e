import * as fc from 'fast-check';
import { NO_PREFERENCES } from '../../../src/domain/consent/preferences';
import type { ChannelFacts, DecisionFacts } from '../../../src/domain/decision/facts';
import type { DecisionPolicy } from '../../../src/domain/decision/policy';

/** A Wednesday at noon in UTC, 21:00 in Tokyo. */
export const NOW = Date.UTC(2026, 5, 3, 12);
const DAY_MS = 86_400_000;
const KINDS = ['email', 'sms', 'push', 'inapp'] as const;

export const POLICY: DecisionPolicy = {
  v: 1,
  caps: [{ name: 'weekly', max: 3, window: '7 days' }],
  quietHours: [{ from: '20:00', to: '08:00', channels: ['email', 'sms', 'push'] }],
  defaultZone: 'UTC',
};

/** Facts under which every gate lets a message pass, with changes. */
export function openFacts(
  change: Partial<DecisionFacts> = {},
  channels: readonly Partial<ChannelFacts>[] = [{}],
): DecisionFacts {
  return {
    v: 1,
    now: NOW,
    purpose: 'offers',
    overdue: false,
    enrollment: { ended: false, holdout: false },
    zone: 'UTC',
    sent: { messages: [] },
    waitedFor: [],
    unrenderable: null,
    consents: [],
    sentInLongestWindow: 0,
    sentInAWeek: 0,
    ...change,
    channels: channels.map((each, index) => ({
      channel: KINDS[index] ?? 'email',
      content: true,
      provider: true,
      address: true,
      suppressed: false,
      reached: false,
      consent: 'subscribed',
      cost: index,
      ...each,
    })),
  };
}

const consent = fc.constantFrom('none', 'pending', 'subscribed', 'unsubscribed');
const purpose = fc.constantFrom('offers', 'newsletter', 'transactional');
const mostly = fc.integer({ min: 0, max: 4 }).map((drawn) => drawn > 0);
const rarely = mostly.map((yes) => !yes);

const channelFacts = (channel: (typeof KINDS)[number]) =>
  fc.record({
    channel: fc.constant(channel),
    content: mostly,
    provider: mostly,
    address: mostly,
    suppressed: rarely,
    reached: rarely,
    consent,
    cost: fc.integer({ min: 0, max: 9 }),
  });

const preferences = fc.record({
  channels: fc.dictionary(fc.constantFrom(...KINDS), fc.boolean()),
  topics: fc.dictionary(fc.constantFrom('offers', 'newsletter'), fc.boolean()),
  maxPerWeek: fc.option(fc.integer({ min: 0, max: 5 })),
  digest: fc.option(fc.constantFrom('daily' as const, 'weekly' as const)),
  quietHours: fc.option(fc.constant({ from: '11:00', to: '14:00' })),
  bestTime: fc.option(fc.constantFrom('morning' as const, 'evening' as const)),
  pausedUntil: fc.option(
    fc.constantFrom(new Date(NOW + DAY_MS).toISOString(), new Date(NOW - DAY_MS).toISOString()),
  ),
});

const message = fc.tuple(
  fc.integer({ min: NOW - 10 * DAY_MS, max: NOW + 60_000 }),
  fc.constantFrom(...KINDS),
  fc.constantFrom('offers', 'newsletter'),
);

export const anyFacts: fc.Arbitrary<DecisionFacts> = fc
  .record({
    purpose,
    overdue: rarely,
    enrollment: fc.record({ ended: rarely, holdout: rarely }),
    zone: fc.constantFrom('UTC', 'Asia/Tokyo', 'America/Los_Angeles', null),
    channels: fc
      .shuffledSubarray([...KINDS])
      .chain((kinds) => fc.tuple(...kinds.map(channelFacts))),
    preferences: fc.option(
      preferences.map((each) => ({ ...NO_PREFERENCES, ...each })),
      { nil: undefined },
    ),
    sent: fc.record({ messages: fc.array(message, { maxLength: 12 }) }),
    waitedFor: fc.subarray(['digest', 'best-time', 'quiet-hours']),
    unrenderable: fc.option(fc.constantFrom(...KINDS)),
  })
  .map(({ preferences: preferred, ...facts }) => ({
    ...openFacts(),
    ...facts,
    ...(preferred !== undefined && { preferences: preferred }),
  }));

export const anyPolicy: fc.Arbitrary<DecisionPolicy> = fc.record({
  v: fc.constant(1 as const),
  caps: fc.array(
    fc.record(
      {
        name: fc.constantFrom('one', 'two'),
        max: fc.integer({ min: 0, max: 6 }),
        window: fc.constantFrom('1 day' as const, '7 days' as const),
        channels: fc.subarray([...KINDS]),
        purposes: fc.subarray(['offers', 'newsletter']),
      },
      { requiredKeys: ['name', 'max', 'window'] },
    ),
    { maxLength: 3 },
  ),
  quietHours: fc.array(fc.constantFrom(...POLICY.quietHours), { maxLength: 1 }),
  defaultZone: fc.constantFrom('UTC', 'Europe/Berlin'),
});
