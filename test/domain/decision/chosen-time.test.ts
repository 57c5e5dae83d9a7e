import * as fc from 'fast-check';

import { NO_PREFERENCES, type Preferences } from '../../../src/domain/consent/preferences';
import { chosenTimeGate } from '../../../src/domain/decision/chosen-time';

function gate(preferences: Partial<Preferences>, now: string, waitedFor: readonly string[] = []) {
  const result = chosenTimeGate({
    preferences: { ...NO_PREFERENCES, ...preferences },
    purpose: 'offers',
    zone: 'Europe/Berlin',
    defaultZone: 'UTC',
    now: new Date(now),
    waitedFor,
  });
  return result.pass ? 'pass' : `${result.reason} ${result.until.toISOString()}`;
}

describe('chosenTimeGate', () => {
  it.each([
    // Wednesday 3 June 2026; Berlin is two hours ahead of UTC.
    ['nothing chosen', {}, '2026-06-03T01:00:00Z', 'pass'],
    ['a morning, in it', { bestTime: 'morning' }, '2026-06-03T07:30:00Z', 'pass'],
    ['a morning, at its first minute', { bestTime: 'morning' }, '2026-06-03T06:00:00Z', 'pass'],
    [
      'a morning, after it',
      { bestTime: 'morning' },
      '2026-06-03T10:00:00Z',
      'best-time 2026-06-04T06:00:00.000Z',
    ],
    [
      'an evening, before it',
      { bestTime: 'evening' },
      '2026-06-03T10:00:00Z',
      'best-time 2026-06-03T15:00:00.000Z',
    ],
    [
      'a daily digest',
      { digest: 'daily' },
      '2026-06-03T07:30:00Z',
      'digest 2026-06-04T07:00:00.000Z',
    ],
    ['a daily digest, at its moment', { digest: 'daily' }, '2026-06-03T07:00:00Z', 'pass'],
    [
      'a weekly digest',
      { digest: 'weekly' },
      '2026-06-03T07:30:00Z',
      'digest 2026-06-08T07:00:00.000Z',
    ],
    [
      'a weekly digest in the evening',
      { digest: 'weekly', bestTime: 'evening' },
      '2026-06-03T07:30:00Z',
      'digest 2026-06-08T15:00:00.000Z',
    ],
    [
      'a digest over a change of the clock',
      { digest: 'daily' },
      '2026-10-24T08:00:00Z',
      'digest 2026-10-25T08:00:00.000Z',
    ],
  ] as const)('answers %s', (_, preferences, now, expected) => {
    expect(gate(preferences, now)).toBe(expected);
  });

  it('holds nothing a second time for the same reason', () => {
    expect(gate({ digest: 'weekly' }, '2026-06-03T07:30:00Z', ['quiet-hours', 'digest'])).toBe(
      'pass',
    );
    expect(gate({ bestTime: 'morning' }, '2026-06-03T12:30:00Z', ['best-time'])).toBe('pass');
  });

  it('holds no transactional message', () => {
    const result = chosenTimeGate({
      preferences: { ...NO_PREFERENCES, digest: 'weekly', bestTime: 'evening' },
      purpose: 'transactional',
      zone: null,
      defaultZone: 'UTC',
      now: new Date(0),
      waitedFor: [],
    });
    expect(result).toEqual({ pass: true });
  });

  it('lets every message through at the moment for which it made it wait', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(null, 'daily' as const, 'weekly' as const),
        fc.constantFrom(null, 'morning' as const, 'afternoon' as const, 'evening' as const),
        fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', null),
        fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) }),
        (digest, bestTime, zone, at) => {
          const intent = {
            preferences: { ...NO_PREFERENCES, digest, bestTime },
            purpose: 'offers',
            zone,
            defaultZone: 'UTC',
            waitedFor: [],
          };
          const held = chosenTimeGate({ ...intent, now: new Date(at) });
          if (held.pass) return;
          expect(held.until.getTime()).toBeGreaterThan(at);
          expect(held.until.getTime() - at).toBeLessThanOrEqual(8 * 86_400_000);
          expect(chosenTimeGate({ ...intent, now: held.until })).toEqual({ pass: true });
        },
      ),
    );
  });
});
