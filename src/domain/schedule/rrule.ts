import { RRule } from 'rrule';
import type { Options } from 'rrule';

import { LONGEST_WAIT_MS } from '../duration';
import { fromWallMs, toWallMs } from './zone';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** When something happens again, on the clock of whatever zone is asked about. */
export interface Recurrence {
  /**
   * @param after the moment that the next one must lie after
   * @param zone an IANA zone
   * @returns undefined where the rule has come to its end, or names days that never come
   * @throws {RangeError} the zone is none; `resolveZone` finds one that is
   */
  next(after: Date, zone: string): Date | undefined;
}

/** Clocks go back by less than this. */
const LONGEST_OVERLAP_MS = 3 * HOUR_MS;

/**
 * Where a rule without DTSTART begins to count, in everybody's local time: a Monday, the first of
 * a month and of a year, so that "every second week" is the same week for all customers.
 */
const EPOCH = new Date(Date.UTC(1968, 0, 1));

const FREQUENCIES: Readonly<Record<string, number | undefined>> = {
  HOURLY: HOUR_MS,
  DAILY: DAY_MS,
  WEEKLY: 7 * DAY_MS,
  MONTHLY: undefined,
  YEARLY: undefined,
};

const WEEKDAY = /^[+-]?\d{0,2}(?:MO|TU|WE|TH|FR|SA|SU)$/;

/** What each part of a rule may hold: a pattern, or the least and greatest absolute number. */
const PARTS: Readonly<Record<string, RegExp | readonly [number, number, signed?: 'signed']>> = {
  FREQ: new RegExp(`^(?:${Object.keys(FREQUENCIES).join('|')})$`),
  INTERVAL: [1, 1000],
  COUNT: [1, 100_000],
  UNTIL: /^\d{8}(?:T\d{6}Z?)?$/,
  WKST: /^(?:MO|TU|WE|TH|FR|SA|SU)$/,
  BYDAY: WEEKDAY,
  BYMONTH: [1, 12],
  BYMONTHDAY: [1, 31, 'signed'],
  BYYEARDAY: [1, 366, 'signed'],
  BYWEEKNO: [1, 53, 'signed'],
  BYSETPOS: [1, 366, 'signed'],
  BYHOUR: [0, 23],
  BYMINUTE: [0, 59],
  BYSECOND: [0, 59],
};

/**
 * An RRULE whose times are local times of whatever zone is asked about. The library computes on
 * local times held as if they were UTC; its own support of zones would lose an hour over a change
 * of the clock.
 *
 * Without DTSTART a rule counts from Monday 1 January 1968, 00:00. A DTSTART and an UNTIL are
 * local times, too, with or without a `Z`. A search ends after ten years, the longest wait.
 *
 * @throws {RangeError} the text is no RRULE, or has what has no meaning here (TZID, EXDATE, a COUNT
 * without DTSTART, a frequency of minutes)
 */
export function parseRrule(text: string): Recurrence {
  const { dtstart, rule } = readLines(text);
  checkParts(rule, text);
  const options = RRule.parseString(dtstart === undefined ? rule : `${dtstart}\nRRULE:${rule}`);
  if (typeof options.count === 'number' && dtstart === undefined) {
    throw unreadable(text, 'COUNT needs a DTSTART to count from');
  }
  const start = options.dtstart ?? EPOCH;
  if (Number.isNaN(start.getTime())) throw unreadable(text, 'its DTSTART is no date');
  const stepMs = FREQUENCIES[/FREQ=(\w+)/.exec(rule)?.[1] ?? ''];

  return {
    next(after, zone) {
      // An overlap shows the same local time again, so the search begins before it.
      let wallMs = toWallMs(zone, after.getTime()) - LONGEST_OVERLAP_MS;
      const bounded = new RRule(boundedOptions(options, start, stepMs, wallMs));
      for (;;) {
        const occurrence = bounded.after(new Date(wallMs));
        if (occurrence === null) return undefined;
        wallMs = occurrence.getTime();
        const at = fromWallMs(zone, wallMs);
        if (at > after.getTime()) return new Date(at);
      }
    },
  };
}

/**
 * The library counts from DTSTART one by one. Moving that nearer by whole intervals gives the same
 * moments at once; a rule with COUNT must be counted out, and months and years are few.
 */
function boundedOptions(
  options: Partial<Options>,
  start: Date,
  stepMs: number | undefined,
  wallMs: number,
): Partial<Options> {
  const interval = (options.interval ?? 1) * (stepMs ?? 0);
  const skipped =
    interval === 0 || typeof options.count === 'number'
      ? 0
      : Math.max(0, Math.floor((wallMs - start.getTime()) / interval) - 1);
  const horizon = new Date(Math.max(wallMs, start.getTime()) + LONGEST_WAIT_MS);
  const until = options.until ?? horizon;
  return {
    ...options,
    dtstart: new Date(start.getTime() + skipped * interval),
    until: until < horizon ? until : horizon,
  };
}

function readLines(text: string): { dtstart: string | undefined; rule: string } {
  let dtstart: string | undefined;
  let rule: string | undefined;
  // Both lines may also be written as one, with a semicolon: `DTSTART:...;FREQ=...`.
  for (const line of text.toUpperCase().split(/\s+|;(?=DTSTART|RRULE)|(?<=DTSTART:\w+);/)) {
    if (/^DTSTART[:=]\d{8}(?:T\d{6}Z?)?$/.test(line)) dtstart = line.replace('=', ':');
    else if (line.startsWith('DTSTART')) throw unreadable(text, `it contains ${line}`);
    else if (rule === undefined) rule = line.replace(/^RRULE:/, '');
    else throw unreadable(text, `beside one rule it contains ${line}`);
  }
  if (rule === undefined) throw unreadable(text, 'it has a DTSTART but no rule');
  return { dtstart, rule };
}

/** The library takes `BYHOUR=99` and `BYDAY=XX` without a word, and then searches for ever. */
function checkParts(rule: string, text: string): void {
  const seen = new Set<string>();
  for (const part of rule.split(';')) {
    const [name = '', value = ''] = part.split('=', 2);
    const expected = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
    if (expected === undefined || seen.has(name)) throw unreadable(text, `it contains ${part}`);
    if (!value.split(',').every((each) => fits(each, expected))) {
      throw unreadable(text, `${name} cannot be ${value === '' ? 'empty' : value}`);
    }
    seen.add(name);
  }
  if (!seen.has('FREQ')) throw unreadable(text, 'it has no FREQ');
}

function fits(value: string, expected: RegExp | readonly [number, number, 'signed'?]): boolean {
  if (expected instanceof RegExp) return expected.test(value);
  const [least, greatest, signed] = expected;
  const pattern = signed === undefined ? /^\d+$/ : /^[+-]?\d+$/;
  return (
    pattern.test(value) && Math.abs(Number(value)) >= least && Math.abs(Number(value)) <= greatest
  );
}

function unreadable(text: string, problem: string): RangeError {
  return new RangeError(
    `Found the recurrence ${JSON.stringify(text)}, but ${problem}; expected a rule such as 'FREQ=WEEKLY;BYDAY=MO;BYHOUR=9', hourly at most.`,
  );
}
