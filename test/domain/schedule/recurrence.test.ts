import * as fc from 'fast-check';
import { DateTime } from 'luxon';

import { parseRecurrence } from '../../../src/domain/schedule/recurrence';

function times(text: string, after: string, count: number, zone = 'Europe/Berlin'): string[] {
  const recurrence = parseRecurrence(text);
  const found: string[] = [];
  let at: Date | undefined = new Date(after);
  while (found.length < count && at !== undefined) {
    at = recurrence.next(at, zone);
    if (at !== undefined)
      found.push(DateTime.fromJSDate(at, { zone }).toFormat("yyyy-MM-dd'T'HH:mm:ss"));
  }
  return found;
}

describe('parseRecurrence', () => {
  it.each([
    ['0 9 * * MON', '2026-03-23T09:00:00', '2026-03-30T09:00:00'],
    ['30 0 9 * * 1', '2026-03-23T09:00:30', '2026-03-30T09:00:30'],
    ['FREQ=WEEKLY;BYDAY=MO;BYHOUR=9', '2026-03-23T09:00:00', '2026-03-30T09:00:00'],
    [
      'RRULE:FREQ=WEEKLY;BYDAY=MO;BYHOUR=9;BYMINUTE=0',
      '2026-03-23T09:00:00',
      '2026-03-30T09:00:00',
    ],
    ['DTSTART:20200106T090000\nRRULE:FREQ=WEEKLY', '2026-03-23T09:00:00', '2026-03-30T09:00:00'],
    ['DTSTART:20200106T090000Z\nRRULE:FREQ=WEEKLY', '2026-03-23T09:00:00', '2026-03-30T09:00:00'],
    ['DTSTART:20200106T090000;FREQ=WEEKLY', '2026-03-23T09:00:00', '2026-03-30T09:00:00'],
    ['freq=daily;byhour=9', '2026-03-22T09:00:00', '2026-03-23T09:00:00'],
    ['FREQ=MONTHLY', '2026-04-01T00:00:00', '2026-05-01T00:00:00'],
    ['FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=17;BYMINUTE=30', '2026-03-27T17:30:00', '2026-04-24T17:30:00'],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', '2026-03-31T00:00:00', '2026-04-30T00:00:00'],
    ['FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24', '2026-12-24T00:00:00', '2027-12-24T00:00:00'],
    ['FREQ=DAILY;BYHOUR=12,0', '2026-03-21T12:00:00', '2026-03-22T00:00:00'],
    ['FREQ=DAILY;BYHOUR=0,12', '2026-03-21T12:00:00', '2026-03-22T00:00:00'],
    ['DTSTART:20200131T080000\nRRULE:FREQ=MONTHLY', '2026-03-31T08:00:00', '2026-05-31T08:00:00'],
    ['DTSTART:20200229T080000\nRRULE:FREQ=YEARLY', '2028-02-29T08:00:00', '2032-02-29T08:00:00'],
    ['FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO', '2026-05-11T00:00:00', '2027-05-17T00:00:00'],
  ])('reads %s as local time, which it holds over a change of the clock', (text, ...expected) => {
    expect(times(text, '2026-03-21T10:00:00Z', 2)).toEqual(expected);
  });

  it('counts every second week from the same week, whenever it is evaluated', () => {
    const rule = 'FREQ=WEEKLY;INTERVAL=2;BYDAY=WE;BYHOUR=8';
    const early = times(rule, '2025-01-01T12:00:00Z', 40);
    const late = times(rule, '2026-01-01T12:00:00Z', 5);
    expect(late).toHaveLength(5);
    expect(early).toEqual(expect.arrayContaining(late));
    expect(times(rule, '1997-01-01T12:00:00Z', 1)[0]).toMatch(/^1997-01/);
  });

  it('shifts a skipped local time on the same day, and returns a repeated one once', () => {
    expect(times('FREQ=DAILY;BYHOUR=2;BYMINUTE=30', '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-29T03:30:00',
      '2026-03-30T02:30:00',
    ]);
    expect(times('30 2 * * *', '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-29T03:00:00',
      '2026-03-30T02:30:00',
    ]);
    for (const text of ['FREQ=DAILY;BYHOUR=2;BYMINUTE=30', '30 2 * * *']) {
      expect(times(text, '2026-10-24T12:00:00Z', 2)).toEqual([
        '2026-10-25T02:30:00',
        '2026-10-26T02:30:00',
      ]);
      // Between the first and the second 02:30.
      expect(times(text, '2026-10-25T00:45:00Z', 1)).toEqual(['2026-10-26T02:30:00']);
    }
  });

  it('ends with COUNT and UNTIL, and rejects dates that never occur', () => {
    const three = 'DTSTART:20260101T090000\nRRULE:FREQ=DAILY;COUNT=3';
    expect(times(three, '2025-12-01T00:00:00Z', 9)).toHaveLength(3);
    expect(times(three, '2026-01-02T12:00:00Z', 9)).toEqual(['2026-01-03T09:00:00']);
    expect(times('FREQ=DAILY;UNTIL=20260103T000000', '2026-01-01T12:00:00Z', 9)).toEqual([
      '2026-01-02T00:00:00',
      '2026-01-03T00:00:00',
    ]);
    expect(times('0 0 30 2 *', '2026-01-01T00:00:00Z', 1)).toEqual([]);
  });

  it.each([
    ['', 'a cron expression of five or six fields'],
    ['every monday', 'a cron expression of five or six fields'],
    ['* * * * * * *', 'a cron expression of five or six fields'],
    ['61 * * * *', 'Invalid value for minute'],
    ['FREQ=FOO', 'FREQ cannot be FOO'],
    ['FREQ=HOURLY', 'FREQ cannot be HOURLY'],
    ['FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30', 'days that never come'],
    ['DTSTART:20260101T000000\nRRULE:FREQ=DAILY;COUNT=2;BYMONTH=2;BYMONTHDAY=30', 'never come'],
    ['RRULE:BYDAY=MO', 'it has no FREQ'],
    ['FREQ=WEEKLY;BYDAY=XX', 'BYDAY cannot be XX'],
    ['FREQ=DAILY;BYHOUR=99', 'BYHOUR cannot be 99'],
    ['FREQ=DAILY;BYHOUR=', 'BYHOUR cannot be empty'],
    ['FREQ=DAILY;INTERVAL=0', 'INTERVAL cannot be 0'],
    ['FREQ=DAILY;FREQ=DAILY', 'it contains FREQ=DAILY'],
    ['FREQ=DAILY;COUNT=3', 'COUNT needs a DTSTART'],
    ['FREQ=DAILY;COLOUR=RED', 'it contains COLOUR=RED'],
    ['FREQ=YEARLY;BYYEARDAY=1;BYDAY=MO', 'BYYEARDAY cannot be combined with BYDAY'],
    ['FREQ=YEARLY;BYDAY=2WE;BYMONTHDAY=9', 'a number cannot be combined with BYMONTHDAY'],
    ['FREQ=YEARLY;BYWEEKNO=20', 'BYWEEKNO needs BYDAY'],
    ['DTSTART:20261399T090000\nRRULE:FREQ=DAILY', 'do not fit'],
    ['DTSTART:20260101T090000', 'a DTSTART but no rule'],
    ['DTSTART;TZID=Europe/Berlin:20260101T090000\nRRULE:FREQ=DAILY', 'it contains DTSTART;TZID'],
    ['RRULE:FREQ=DAILY\nEXDATE:20260101T090000', 'it contains EXDATE'],
  ])('refuses %j with a sentence', (text, expected) => {
    expect(() => parseRecurrence(text)).toThrow(expected);
  });

  it('rejects an invalid zone', () => {
    expect(() => parseRecurrence('0 9 * * *').next(new Date(0), 'Nowhere')).toThrow('Nowhere');
  });

  it('always returns a later time, and neither skips nor repeats an occurrence', () => {
    const rule = fc.constantFrom(
      '0 9 * * *',
      '15 2 * * *',
      'FREQ=DAILY;BYHOUR=2;BYMINUTE=15',
      'FREQ=DAILY;BYHOUR=9',
      'DTSTART:20190101T001500\nRRULE:FREQ=DAILY',
    );
    const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC');
    const after = fc.date({
      min: new Date('2020-01-01T00:00:00Z'),
      max: new Date('2030-01-01T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(rule, zone, after, (text, where, from) => {
        const recurrence = parseRecurrence(text);
        const first = recurrence.next(from, where) ?? from;
        const second = recurrence.next(first, where) ?? first;
        expect(first > from).toBe(true);
        const gap = (second.getTime() - first.getTime()) / 3_600_000;
        expect(gap).toBeGreaterThan(21.9);
        expect(gap).toBeLessThan(26.1);
        // Asked a moment before, it is the same one.
        const before = new Date(first.getTime() - 1);
        expect(recurrence.next(before, where)).toEqual(first);
      }),
      { numRuns: 300 },
    );
  });
});
