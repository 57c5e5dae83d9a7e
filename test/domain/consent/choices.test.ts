import * as fc from 'fast-check';

import type { ChannelKind } from '../../../src/domain/channels/channel-kind';
import { choicesOf, statementsOf, type Choices } from '../../../src/domain/consent/choices';
import { consentState, nextConsent, type ConsentRecord } from '../../../src/domain/consent/consent';
import { changePreferences, NO_PREFERENCES } from '../../../src/domain/consent/preferences';
import { restartOf } from '../../../src/domain/consent/restart';

const at = (n: number): Date => new Date(Date.UTC(2026, 0, n));
const TOPICS = ['offers', 'newsletter', 'tips'] as const;
const CHANNELS: readonly ChannelKind[] = ['email', 'sms'];

const anyRecord = fc.record({
  channel: fc.constantFrom('email', 'sms', '*'),
  purpose: fc.constantFrom('offers', 'newsletter', '*'),
  state: fc.constantFrom('none', 'pending', 'subscribed', 'unsubscribed'),
  at: fc.integer({ min: 1, max: 5 }).map(at),
}) satisfies fc.Arbitrary<ConsentRecord>;

const anyConsents = fc.uniqueArray(anyRecord, {
  selector: ({ channel, purpose }) => `${channel} ${purpose}`,
});

const anyChoices: fc.Arbitrary<Choices> = fc
  .record({ topics: fc.subarray([...TOPICS]), channels: fc.subarray([...CHANNELS]) })
  .map(({ topics, channels }) => ({
    topics: new Set<string>(topics),
    channels: new Set(channels),
  }));

function after(consents: readonly ConsentRecord[], was: Choices, chosen: Choices) {
  const statements = statementsOf(was, chosen, consents);
  const records = new Map(consents.map((each) => [`${each.channel} ${each.purpose}`, each]));
  for (const each of statements.consents) {
    const name = `${each.channel} ${each.purpose}`;
    records.set(name, nextConsent(records.get(name), { ...each, at: at(9) }));
  }
  return {
    consents: [...records.values()],
    preferences: changePreferences(NO_PREFERENCES, statements.preferences),
  };
}

const shown = (consents: readonly ConsentRecord[], preferences = NO_PREFERENCES) =>
  choicesOf({ consents, preferences, topics: TOPICS, channels: CHANNELS });

describe('the choices of a customer', () => {
  it('are shown as saved, if at least one channel is ticked', () => {
    fc.assert(
      fc.property(anyConsents, anyChoices, (consents, chosen) => {
        fc.pre(chosen.topics.size > 0 && chosen.channels.size > 0);
        const now = after(consents, shown(consents), chosen);
        const again = shown(now.consents, now.preferences);
        // A topic that was subscribed on a channel which is turned off now stays ticked elsewhere.
        expect([...again.channels].toSorted()).toEqual(
          [...chosen.channels]
            .filter((channel) =>
              [...chosen.topics].some(
                (topic) => consentState(now.consents, channel, topic) === 'subscribed',
              ),
            )
            .toSorted(),
        );
        for (const topic of shown(consents).topics) {
          if (!chosen.topics.has(topic)) expect(again.topics.has(topic)).toBe(false);
        }
      }),
    );
  });

  it('change nothing if nothing was changed', () => {
    fc.assert(
      fc.property(anyConsents, anyChoices, (consents, was) => {
        expect(statementsOf(was, was, consents)).toEqual({
          consents: [],
          preferences: { channels: {}, topics: {} },
        });
      }),
    );
  });

  it('subscribe to nothing that is not ticked', () => {
    fc.assert(
      fc.property(anyConsents, anyChoices, anyChoices, (consents, was, chosen) => {
        for (const { channel, purpose, state } of statementsOf(was, chosen, consents).consents) {
          if (state !== 'subscribed') continue;
          expect(chosen.topics.has(purpose)).toBe(true);
          expect(chosen.channels.has(channel as ChannelKind)).toBe(true);
        }
      }),
    );
  });

  it('show nothing as ticked without a subscription', () => {
    expect(shown([{ channel: 'email', purpose: 'offers', state: 'pending', at: at(1) }])).toEqual({
      topics: new Set(),
      channels: new Set(),
    });
  });
});

describe('restartOf', () => {
  const record = (
    channel: ConsentRecord['channel'],
    purpose: string,
    state: ConsentRecord['state'],
    day: number,
  ): ConsentRecord => ({ channel, purpose, state, at: at(day) });

  it.each([
    [
      'restores what STOP ended',
      [record('sms', 'offers', 'subscribed', 1), record('sms', '*', 'unsubscribed', 2)],
      [{ purpose: 'offers', was: 'stopped' }],
    ],
    [
      'restores a consent for every channel',
      [record('*', 'offers', 'subscribed', 1), record('sms', '*', 'unsubscribed', 2)],
      [{ purpose: 'offers', was: 'stopped' }],
    ],
    [
      'confirms pending requests on this channel',
      [record('sms', 'offers', 'pending', 1), record('email', 'tips', 'pending', 1)],
      [{ purpose: 'offers', was: 'pending' }],
    ],
    [
      'ignores what was unsubscribed in another way',
      [
        record('sms', 'offers', 'unsubscribed', 3),
        record('*', 'offers', 'subscribed', 1),
        record('sms', '*', 'unsubscribed', 2),
      ],
      [],
    ],
    [
      'ignores a customer who has since opted out of everything',
      [
        record('sms', 'offers', 'subscribed', 1),
        record('sms', '*', 'unsubscribed', 2),
        record('*', '*', 'unsubscribed', 3),
      ],
      [],
    ],
    [
      'does nothing for a customer who is subscribed',
      [record('sms', 'offers', 'subscribed', 1)],
      [],
    ],
    ['does nothing for a customer without consents', [], []],
  ])('%s', (_, consents, expected) => {
    expect(restartOf(consents, 'sms')).toEqual(expected);
  });
});
