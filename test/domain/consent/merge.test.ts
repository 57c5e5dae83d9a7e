import * as fc from 'fast-check';

import { consentState, type ConsentRecord } from '../../../src/domain/consent/consent';
import { mergeConsents } from '../../../src/domain/consent/merge-consents';
import { mergePreferences } from '../../../src/domain/consent/merge-preferences';
import { NO_PREFERENCES, type Preferences } from '../../../src/domain/consent/preferences';

const day = (n: number): Date => new Date(Date.UTC(2026, 0, n));

const record = (state: ConsentRecord['state'], at: number): ConsentRecord => ({
  channel: 'email',
  purpose: 'offers',
  state,
  at: day(at),
});

const anyRecord = fc.record({
  channel: fc.constantFrom('email', 'sms', '*'),
  purpose: fc.constantFrom('offers', 'newsletter', '*'),
  state: fc.constantFrom('none', 'pending', 'subscribed', 'unsubscribed'),
  at: fc.integer({ min: 1, max: 5 }).map(day),
}) satisfies fc.Arbitrary<ConsentRecord>;

/** As a customer has them: one for each channel and purpose. */
const anyConsents = fc.uniqueArray(anyRecord, {
  selector: ({ channel, purpose }) => `${channel} ${purpose}`,
});

describe('mergeConsents', () => {
  it.each([
    ['subscribed 1', 'unsubscribed 2', 'unsubscribed 2'],
    ['unsubscribed 1', 'subscribed 2', 'subscribed 2'],
    ['subscribed 2', 'unsubscribed 2', 'unsubscribed 2'],
    ['subscribed 1', 'none 2', 'subscribed 1'],
    ['subscribed 1', 'pending 2', 'subscribed 1'],
    ['unsubscribed 1', 'pending 2', 'unsubscribed 1'],
    ['pending 1', 'none 2', 'none 2'],
    ['pending 2', 'none 2', 'none 2'],
  ] as const)('of %s and %s keeps %s', (one, other, expected) => {
    const read = (text: string) => {
      const [state, at] = text.split(' ');
      return record(state as ConsentRecord['state'], Number(at));
    };
    expect(mergeConsents([read(one)], [read(other)])).toEqual([read(expected)]);
    expect(mergeConsents([read(other)], [read(one)])).toEqual([read(expected)]);
  });

  it('is commutative and idempotent', () => {
    fc.assert(
      fc.property(anyConsents, anyConsents, anyConsents, (a, b, c) => {
        expect(mergeConsents(a, b)).toEqual(mergeConsents(b, a));
        expect(mergeConsents(mergeConsents(a, b), c)).toEqual(
          mergeConsents(a, mergeConsents(b, c)),
        );
        const merged = mergeConsents(a, b);
        expect(mergeConsents(merged, b)).toEqual(merged);
      }),
    );
  });

  it('never allows contact if the latest statement of either customer was an opt-out', () => {
    fc.assert(
      fc.property(anyConsents, anyConsents, (a, b) => {
        for (const channel of ['email', 'sms'] as const) {
          for (const purpose of ['offers', 'newsletter']) {
            const said = [...a, ...b]
              .filter((each) => each.channel === channel || each.channel === '*')
              .filter((each) => each.purpose === purpose || each.purpose === '*')
              .filter(({ state }) => state === 'subscribed' || state === 'unsubscribed');
            const last = Math.max(...said.map((each) => each.at.getTime()));
            const no = said.some((each) => {
              return each.state === 'unsubscribed' && each.at.getTime() === last;
            });
            if (!no) continue;
            expect(consentState(mergeConsents(a, b), channel, purpose)).not.toBe('subscribed');
          }
        }
      }),
    );
  });
});

const anyPreferences = fc.record({
  channels: fc.dictionary(fc.constantFrom('email', 'sms'), fc.boolean()),
  topics: fc.dictionary(fc.constantFrom('offers', 'tips'), fc.boolean()),
  maxPerWeek: fc.option(fc.integer({ min: 0, max: 7 })),
  digest: fc.option(fc.constantFrom('daily', 'weekly')),
  quietHours: fc.option(
    fc.constantFrom({ from: '21:00', to: '08:00' }, { from: '20:00', to: '09:00' }),
  ),
  bestTime: fc.option(fc.constantFrom('morning', 'afternoon', 'evening')),
  pausedUntil: fc.option(fc.constantFrom('2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z')),
}) satisfies fc.Arbitrary<Preferences>;

const dated = fc.record({
  preferences: anyPreferences,
  updatedAt: fc.integer({ min: 1, max: 3 }).map(day),
});

describe('mergePreferences', () => {
  it('keeps the latest values, and those that only one of them set', () => {
    const old = {
      ...NO_PREFERENCES,
      maxPerWeek: 1,
      digest: 'daily' as const,
      topics: { tips: false },
    };
    const young = { ...NO_PREFERENCES, maxPerWeek: 5, topics: { offers: false } };
    expect(
      mergePreferences(
        { preferences: old, updatedAt: day(1) },
        { preferences: young, updatedAt: day(2) },
      ),
    ).toEqual({
      preferences: {
        ...NO_PREFERENCES,
        maxPerWeek: 5,
        digest: 'daily',
        topics: { tips: false, offers: false },
      },
      updatedAt: day(2),
    });
  });

  it('is commutative and idempotent', () => {
    fc.assert(
      fc.property(dated, dated, (a, b) => {
        const merged = mergePreferences(a, b);
        expect(mergePreferences(b, a)).toEqual(merged);
        expect(mergePreferences(merged, merged)).toEqual(merged);
      }),
    );
  });

  it('keeps the stricter of two values of the same time', () => {
    fc.assert(
      fc.property(anyPreferences, anyPreferences, (a, b) => {
        const { preferences } = mergePreferences(
          { preferences: a, updatedAt: day(1) },
          { preferences: b, updatedAt: day(1) },
        );
        for (const one of [a, b]) {
          expect(preferences.maxPerWeek ?? 99).toBeLessThanOrEqual(one.maxPerWeek ?? 99);
          expect((preferences.pausedUntil ?? '') >= (one.pausedUntil ?? '')).toBe(true);
          for (const [topic, on] of Object.entries(one.topics)) {
            if (!on) expect(preferences.topics[topic]).toBe(false);
          }
        }
      }),
    );
  });
});
