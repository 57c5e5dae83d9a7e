import * as fc from 'fast-check';

import { consentGate, lostPurposes, nextConsent } from '../../../src/domain/consent/consent';
import type { ConsentRecord, ConsentState } from '../../../src/domain/consent/consent';

const day = (n: number): Date => new Date(Date.UTC(2026, 0, n));

function record(
  channel: ConsentRecord['channel'],
  purpose: string,
  state: ConsentState,
  at = day(1),
): ConsentRecord {
  return { channel, purpose, state, at };
}

function gate(consents: readonly ConsentRecord[], purpose = 'offers'): string {
  const result = consentGate({ purpose, channel: 'email', consents, suppressed: false });
  return result.pass ? 'pass' : result.reason;
}

const anyRecord = fc.record({
  channel: fc.constantFrom('email', 'sms', '*'),
  purpose: fc.constantFrom('offers', 'newsletter', '*'),
  state: fc.constantFrom('none', 'pending', 'subscribed', 'unsubscribed'),
  at: fc.integer({ min: 1, max: 5 }).map(day),
}) satisfies fc.Arbitrary<ConsentRecord>;

describe('consentGate', () => {
  it('blocks everything to a suppressed address, including transactional mail', () => {
    const consents = [record('email', 'offers', 'subscribed')];
    for (const purpose of ['offers', 'transactional']) {
      expect(consentGate({ purpose, channel: 'email', consents, suppressed: true })).toEqual({
        pass: false,
        reason: 'suppressed',
      });
    }
  });

  it('allows transactional mail regardless of marketing consent', () => {
    fc.assert(
      fc.property(fc.array(anyRecord), (consents) => {
        expect(gate(consents, 'transactional')).toBe('pass');
      }),
    );
  });

  it.each([
    ['no-consent', []],
    ['no-consent', [record('email', 'offers', 'none')]],
    ['no-consent', [record('sms', 'offers', 'subscribed')]],
    ['no-consent', [record('email', 'newsletter', 'subscribed')]],
    ['pending-consent', [record('email', 'offers', 'pending')]],
    ['unsubscribed', [record('email', 'offers', 'unsubscribed')]],
    ['pass', [record('email', 'offers', 'subscribed')]],
    ['pass', [record('*', 'offers', 'subscribed')]],
    ['pass', [record('email', '*', 'subscribed')]],
    ['pass', [record('*', '*', 'subscribed')]],
  ])('answers %s to %j', (expected, consents) => {
    expect(gate(consents)).toBe(expected);
  });

  it.each(['*', 'email'] as const)(
    'ends an older subscription by an opt-out from everything on channel %s',
    (channel) => {
      const optOut = record(channel, '*', 'unsubscribed', day(2));
      expect(gate([optOut, record('email', 'offers', 'subscribed', day(1))])).toBe('unsubscribed');
      expect(gate([optOut, record('email', 'offers', 'subscribed', day(3))])).toBe('pass');
      expect(gate([optOut, record('email', 'offers', 'subscribed', day(2))])).toBe('unsubscribed');
    },
  );

  it('keeps a subscription while another one is pending', () => {
    expect(
      gate([
        record('email', 'offers', 'subscribed', day(1)),
        record('*', 'offers', 'pending', day(2)),
      ]),
    ).toBe('pass');
  });

  it('does not depend on the order of the records', () => {
    const shuffled = fc
      .array(anyRecord, { maxLength: 6 })
      .chain((records) =>
        fc.tuple(fc.constant(records), fc.shuffledSubarray(records, { minLength: records.length })),
      );
    fc.assert(
      fc.property(shuffled, ([records, other]) => {
        expect(gate(other)).toBe(gate(records));
      }),
    );
  });

  it('never passes if the latest applicable statement is an opt-out', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 6 }), (records) => {
        const optOut = record('*', '*', 'unsubscribed', day(6));
        expect(gate([...records, optOut])).toBe('unsubscribed');
      }),
    );
  });
});

describe('nextConsent', () => {
  const change = (from: ConsentState, to: ConsentState, days = 1): ConsentState =>
    nextConsent(
      record('email', 'offers', from, day(2)),
      record('email', 'offers', to, day(2 + days)),
    ).state;

  it('accepts the first statement', () => {
    const first = record('email', 'offers', 'pending');
    expect(nextConsent(undefined, first)).toBe(first);
  });

  it.each([
    ['none', 'pending', 'pending'],
    ['pending', 'subscribed', 'subscribed'],
    ['pending', 'unsubscribed', 'unsubscribed'],
    ['subscribed', 'unsubscribed', 'unsubscribed'],
    ['subscribed', 'pending', 'subscribed'],
    ['subscribed', 'none', 'none'],
    ['unsubscribed', 'none', 'unsubscribed'],
    ['unsubscribed', 'pending', 'pending'],
    ['unsubscribed', 'subscribed', 'subscribed'],
  ] as const)('leads from %s by %s to %s', (from, to, expected) => {
    expect(change(from, to)).toBe(expected);
  });

  it('ignores a statement older than the current one', () => {
    expect(change('unsubscribed', 'subscribed', -1)).toBe('unsubscribed');
    expect(change('subscribed', 'unsubscribed', -1)).toBe('subscribed');
  });

  it('uses the stricter of two statements of the same time', () => {
    expect(change('subscribed', 'unsubscribed', 0)).toBe('unsubscribed');
    expect(change('unsubscribed', 'subscribed', 0)).toBe('unsubscribed');
    expect(change('pending', 'subscribed', 0)).toBe('subscribed');
  });
});

describe('lostPurposes', () => {
  it('returns a purpose once its last channel is unsubscribed', () => {
    const before = [
      record('email', 'offers', 'subscribed'),
      record('sms', 'offers', 'subscribed'),
      record('email', 'newsletter', 'subscribed'),
    ];
    const smsOnly = [...before, record('email', 'offers', 'unsubscribed', day(2))];
    expect(lostPurposes(before, smsOnly)).toEqual([]);
    const none = [...smsOnly, record('sms', 'offers', 'unsubscribed', day(3))];
    expect(lostPurposes(smsOnly, none)).toEqual(['offers']);
  });

  it('returns every purpose after an opt-out from everything', () => {
    const before = [
      record('email', 'offers', 'subscribed'),
      record('sms', 'newsletter', 'subscribed'),
      record('sms', 'surveys', 'pending'),
    ];
    const after = [...before, record('*', '*', 'unsubscribed', day(2))];
    expect(lostPurposes(before, after)).toEqual(['newsletter', 'offers']);
  });

  it('returns * if a subscription to everything ended', () => {
    const before = [record('email', '*', 'subscribed')];
    const after = [record('email', '*', 'unsubscribed', day(2))];
    expect(lostPurposes(before, after)).toEqual(['*']);
  });

  it('returns nothing if nothing changed', () => {
    fc.assert(
      fc.property(fc.array(anyRecord), (records) => {
        expect(lostPurposes(records, records)).toEqual([]);
      }),
    );
  });
});
