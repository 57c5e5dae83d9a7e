import * as fc from 'fast-check';
import { DateTime } from 'luxon';

import { nextLocalTime } from '../../../src/domain/schedule/moment';
import { WEEKDAYS } from '../../../src/domain/schedule/weekday';
import type { Weekday } from '../../../src/domain/schedule/weekday';

function next(after: string, time: string, zone = 'Europe/Berlin', weekday?: Weekday): string {
  const moment = { time, weekday, zone, after: new Date(after), defaultZone: 'UTC' };
  return nextLocalTime(moment).toISOString();
}

describe('nextLocalTime', () => {
  it.each([
    ['later today', '2026-01-10T06:00:00Z', '09:00', '2026-01-10T08:00:00.000Z'],
    ['at this very moment', '2026-01-10T08:00:00Z', '09:00', '2026-01-10T08:00:00.000Z'],
    ['a millisecond too late', '2026-01-10T08:00:00.001Z', '09:00', '2026-01-11T08:00:00.000Z'],
    ['after midnight', '2026-01-10T23:30:00Z', '00:45', '2026-01-10T23:45:00.000Z'],
    ['at the end of the day', '2026-01-10T12:00:00Z', '24:00', '2026-01-10T23:00:00.000Z'],
    ['over the change to summer', '2026-03-28T09:00:00Z', '09:00', '2026-03-29T07:00:00.000Z'],
    ['over the change to winter', '2026-10-24T09:00:00Z', '09:00', '2026-10-25T08:00:00.000Z'],
    ['in the skipped hour', '2026-03-29T00:00:00Z', '02:30', '2026-03-29T01:30:00.000Z'],
    ['in the repeated hour', '2026-10-25T00:00:00Z', '02:30', '2026-10-25T00:30:00.000Z'],
    ['after its first passing', '2026-10-25T00:45:00Z', '02:30', '2026-10-26T01:30:00.000Z'],
  ])('finds the time %s', (_, after, time, expected) => {
    expect(next(after, time)).toBe(expected);
  });

  it('finds the weekday, today if the time is still ahead', () => {
    // 10 January 2026 is a Saturday.
    expect(next('2026-01-10T06:00:00Z', '09:00', 'UTC', 'saturday')).toBe(
      '2026-01-10T09:00:00.000Z',
    );
    expect(next('2026-01-10T10:00:00Z', '09:00', 'UTC', 'saturday')).toBe(
      '2026-01-17T09:00:00.000Z',
    );
    expect(next('2026-01-10T10:00:00Z', '09:00', 'UTC', 'monday')).toBe('2026-01-12T09:00:00.000Z');
  });

  it('uses the default zone instead of an invalid one', () => {
    expect(next('2026-01-10T06:00:00Z', '09:00', 'Nowhere')).toBe('2026-01-10T09:00:00.000Z');
  });

  it('rejects an invalid time or weekday with a helpful message', () => {
    expect(() => next('2026-01-10T06:00:00Z', 'noon')).toThrow("such as '09:00'");
    // @ts-expect-error weekdays are written small
    expect(() => next('2026-01-10T06:00:00Z', '09:00', 'UTC', 'Monday')).toThrow("as 'monday'");
  });

  it('shows the requested time on the customer’s clock, within a day or a week', () => {
    const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC');
    const after = fc.date({
      min: new Date('2020-01-01T00:00:00Z'),
      max: new Date('2030-01-01T00:00:00Z'),
      noInvalidDate: true,
    });
    const weekday = fc.option(fc.constantFrom(...WEEKDAYS), { nil: undefined });
    const hour = fc.integer({ min: 0, max: 23 });
    fc.assert(
      fc.property(zone, after, weekday, hour, (where, from, day, h) => {
        const time = `${h}:15`;
        const moment = { time, weekday: day, zone: where, after: from, defaultZone: 'UTC' };
        const found = nextLocalTime(moment);
        expect(found >= from).toBe(true);
        const days = (found.getTime() - from.getTime()) / 86_400_000;
        expect(days).toBeLessThan((day === undefined ? 1 : 7) + 1 / 12);
        const local = DateTime.fromJSDate(found, { zone: where });
        if (day !== undefined) expect(WEEKDAYS[local.weekday % 7]).toBe(day);
        const clock = local.hour * 60 + local.minute - (h * 60 + 15);
        // A skipped time comes later by what the clock skips; all others are exact.
        if (clock !== 0) {
          expect([30, 60]).toContain(clock);
          const before = DateTime.fromMillis(found.getTime() - 3 * 3_600_000, { zone: where });
          expect(local.offset - before.offset).toBe(clock);
        }
        expect(nextLocalTime({ ...moment, after: found })).toEqual(found);
      }),
      { numRuns: 500 },
    );
  });
});
