import * as fc from 'fast-check';
import { DateTime } from 'luxon';

import { quietHoursGate } from '../../../src/domain/decision/quiet-hours';
import type { QuietHours } from '../../../src/domain/decision/quiet-hours';
import { WEEKDAYS } from '../../../src/domain/schedule/weekday';

const MINUTE_MS = 60_000;

const night: QuietHours = { from: '21:00', to: '08:00' };

function gate(
  now: string | Date,
  zone: string | null = 'Europe/Berlin',
  rules: readonly QuietHours[] = [night],
): ReturnType<typeof quietHoursGate> {
  return quietHoursGate({
    rules,
    channel: 'sms',
    purpose: 'offers',
    zone,
    defaultZone: 'UTC',
    now: typeof now === 'string' ? new Date(now) : now,
  });
}

function until(...intent: Parameters<typeof gate>): string {
  const result = gate(...intent);
  return result.pass ? 'pass' : result.until.toISOString();
}

describe('quietHoursGate', () => {
  it.each([
    ['in the evening, over midnight', '2026-01-10T22:15:30Z', '2026-01-11T07:00:00.000Z'],
    ['in the early morning', '2026-01-10T03:00:00Z', '2026-01-10T07:00:00.000Z'],
    ['at the first minute', '2026-01-10T20:00:00Z', '2026-01-11T07:00:00.000Z'],
    ['in the last second', '2026-01-10T06:59:59.999Z', '2026-01-10T07:00:00.000Z'],
    ['just before', '2026-01-10T19:59:59.999Z', 'pass'],
    ['at the end', '2026-01-10T07:00:00Z', 'pass'],
    ['in the night in which clocks go forward', '2026-03-28T22:00:00Z', '2026-03-29T06:00:00.000Z'],
    ['in the night in which clocks go back', '2026-10-24T22:00:00Z', '2026-10-25T07:00:00.000Z'],
  ])('holds the SMS %s until quiet hours end in the customer’s zone', (_, now, expected) => {
    expect(until(now)).toBe(expected);
  });

  it('opens at the change of the clock where the end of quiet hours is skipped', () => {
    const rules = [{ from: '01:00', to: '02:30' }];
    expect(until('2026-03-29T00:30:00Z', 'Europe/Berlin', rules)).toBe('2026-03-29T01:00:00.000Z');
  });

  it('never begins quiet hours that lie wholly in a skipped hour', () => {
    const rules = [{ from: '02:10', to: '02:50' }];
    expect(until('2026-03-29T01:00:00Z', 'Europe/Berlin', rules)).toBe('pass');
  });

  it('is quiet twice where the clock shows the hour twice', () => {
    const rules = [{ from: '02:00', to: '02:30' }];
    const open = '2026-10-25T00:30:00.000Z';
    expect(until('2026-10-25T00:10:00Z', 'Europe/Berlin', rules)).toBe(open);
    expect(until(open, 'Europe/Berlin', rules)).toBe('pass');
    expect(until('2026-10-25T01:10:00Z', 'Europe/Berlin', rules)).toBe('2026-10-25T01:30:00.000Z');
  });

  it('knows zones that are not whole hours from UTC', () => {
    expect(until('2026-01-10T16:00:00Z', 'Asia/Kathmandu')).toBe('2026-01-11T02:15:00.000Z');
    expect(until('2026-04-04T12:00:00Z', 'Australia/Lord_Howe')).toBe('2026-04-04T21:30:00.000Z');
  });

  it('counts a weekday by the day on which quiet hours begin', () => {
    const rules: QuietHours[] = [{ ...night, weekdays: ['friday'] }];
    // 9 January 2026 is a Friday.
    expect(until('2026-01-09T22:00:00Z', 'UTC', rules)).toBe('2026-01-10T08:00:00.000Z');
    expect(until('2026-01-10T03:00:00Z', 'UTC', rules)).toBe('2026-01-10T08:00:00.000Z');
    expect(until('2026-01-09T03:00:00Z', 'UTC', rules)).toBe('pass');
    expect(until('2026-01-10T22:00:00Z', 'UTC', rules)).toBe('pass');
  });

  it('joins the quiet hours of several rules', () => {
    const sunday: QuietHours = { from: '00:00', to: '24:00', weekdays: ['sunday'] };
    // Saturday night, the whole of Sunday, and Sunday night.
    expect(until('2026-01-10T22:00:00Z', 'UTC', [night, sunday])).toBe('2026-01-12T08:00:00.000Z');
  });

  it('is quiet round the clock where both times are equal', () => {
    const rules: QuietHours[] = [{ from: '06:00', to: '06:00', weekdays: ['saturday'] }];
    expect(until('2026-01-10T06:00:00Z', 'UTC', rules)).toBe('2026-01-11T06:00:00.000Z');
    expect(until('2026-01-10T05:59:00Z', 'UTC', rules)).toBe('pass');
  });

  it('looks again after eight days where the rules leave nothing open', () => {
    expect(until('2026-01-10T06:00:00Z', 'UTC', [{ from: '00:00', to: '24:00' }])).toBe(
      '2026-01-18T06:01:00.000Z',
    );
  });

  it('lets transactional messages and other channels pass', () => {
    const now = new Date('2026-01-10T23:00:00Z');
    const intent = { channel: 'sms', zone: 'UTC', defaultZone: 'UTC', now } as const;
    const rules: QuietHours[] = [{ ...night, channels: ['push'] }];
    expect(quietHoursGate({ ...intent, rules, purpose: 'offers' }).pass).toBe(true);
    expect(quietHoursGate({ ...intent, rules: [night], purpose: 'transactional' }).pass).toBe(true);
    expect(quietHoursGate({ ...intent, rules: [night], purpose: 'offers' }).pass).toBe(false);
  });

  it.each(['Mars/Olympus', '', null])('reads the default zone for %j, and says so', (zone) => {
    expect(gate('2026-01-10T22:00:00Z', zone)).toMatchObject({ zone: 'UTC', zoneAssumed: true });
    expect(gate('2026-01-10T12:00:00Z', zone)).toEqual({
      pass: true,
      zone: 'UTC',
      zoneAssumed: true,
    });
    expect(gate('2026-01-10T12:00:00Z', 'Asia/Tokyo')).toMatchObject({ zoneAssumed: false });
  });

  it.each(['25:00', '9', '09:60', 'nine', ''])('refuses the time %j with a sentence', (from) => {
    expect(() => gate('2026-01-10T22:00:00Z', 'UTC', [{ from, to: '08:00' }])).toThrow(
      'expected hours and minutes',
    );
  });

  it('names the earliest full minute that is not quiet, on any clock', () => {
    const time = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map(([hour, minute]) => `${hour}:${String(minute).padStart(2, '0')}`);
    const rule = fc.record(
      {
        from: time,
        to: time,
        weekdays: fc.subarray([...WEEKDAYS], { minLength: 1, maxLength: 3 }),
      },
      { requiredKeys: ['from', 'to'] },
    );
    const zone = fc.constantFrom(
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      'Asia/Kathmandu',
      'America/Sao_Paulo',
      'Africa/Casablanca',
    );
    // Around the changes of the clock of these zones, and Apia's missing day.
    const around = fc.constantFrom(
      '2026-03-29T01:00:00Z',
      '2026-10-25T01:00:00Z',
      '2026-03-08T07:00:00Z',
      '2026-11-01T06:00:00Z',
      '2026-04-04T15:00:00Z',
      '2026-10-03T15:30:00Z',
      '2011-12-30T10:00:00Z',
      '2018-11-04T03:00:00Z',
      '2026-02-15T02:00:00Z',
    );
    const minutes = fc.integer({ min: -2000 * 60_000, max: 2000 * 60_000 });
    const rules = fc.array(rule, { minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(rules, zone, around, minutes, (quiet, where, moment, shift) => {
        const now = new Date(Date.parse(moment) + shift);
        const result = gate(now, where, quiet);
        expect(result.pass).toBe(!isQuietBySpecification(quiet, where, now.getTime()));
        if (result.pass) return;
        const end = result.until.getTime();
        expect(end % MINUTE_MS).toBe(0);
        const first = (Math.floor(now.getTime() / MINUTE_MS) + 1) * MINUTE_MS;
        if (end - first >= 8 * 1440 * MINUTE_MS) return;
        expect(gate(result.until, where, quiet).pass).toBe(true);
        // Every tenth minute and the last one: each minute would take luxon too long.
        for (let at = first; at < end; at += 10 * MINUTE_MS) {
          expect(isQuietBySpecification(quiet, where, at)).toBe(true);
        }
        if (end > first) expect(isQuietBySpecification(quiet, where, end - MINUTE_MS)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

/** The rule in the words of the wall clock, by another way than the code's. */
function isQuietBySpecification(rules: readonly QuietHours[], zone: string, at: number): boolean {
  const local = DateTime.fromMillis(at, { zone });
  const clock = local.hour * 60 + local.minute;
  const today = local.weekday % 7;
  const yesterday = (today + 6) % 7;
  return rules.some(({ from, to, weekdays }) => {
    const begins = (day: number): boolean =>
      weekdays === undefined || weekdays.some((name) => WEEKDAYS.indexOf(name) === day);
    const [start, end] = [minuteOf(from), minuteOf(to)];
    if (start < end) return begins(today) && clock >= start && clock < end;
    return (begins(today) && clock >= start) || (begins(yesterday) && clock < end);
  });
}

function minuteOf(time: string): number {
  const [hour, minute] = time.split(':').map(Number);
  return (hour ?? 0) * 60 + (minute ?? 0);
}
