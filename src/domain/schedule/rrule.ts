import { RRule } from 'rrule';
import type { Options } from 'rrule';

import { MAX_WAIT_MS } from '../duration';
import { fromWallMs, toWallMs } from './zone';

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
const MAX_OVERLAP_MS = DAY_MS / 8;

/**
 * Where a rule without DTSTART begins to count, in everybody's local time: a Monday, the first of
 * a month and of a year, so that "every second week" is the same week for all customers.
 */
const EPOCH = new Date(Date.UTC(1968, 0, 1));

/** Where the library stops to search: a rule without a day in the forty years before has none. */
const LAST_FORTY_YEARS = Date.UTC(9960, 0, 1);

const WEEKDAY = /^[+-]?\d{0,2}(?:MO|TU|WE|TH|FR|SA|SU)$/;

/** What each part of a rule may hold: a pattern, or the least and greatest absolute number. */
const PARTS: Readonly<Record<string, RegExp | readonly [number, number, signed?: 'signed']>> = {
  FREQ: /^(?:DAILY|WEEKLY|MONTHLY|YEARLY)$/,
  INTERVAL: [1, 520],
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
 * @throws {RangeError} the text is no RRULE, names days that never come, or has what has no meaning
 * here: TZID, EXDATE, a COUNT without DTSTART, a frequency of hours or less (BYHOUR takes a list)
 */
export function parseRrule(text: string): Recurrence {
  const { dtstart, rule } = readLines(text);
  checkParts(rule, text);
  const parsed = RRule.parseString(dtstart === undefined ? rule : `${dtstart}\nRRULE:${rule}`);
  const start = parsed.dtstart ?? EPOCH;
  if (Number.isNaN(start.getTime())) throw unreadable(text, 'its DTSTART is no date');
  if (typeof parsed.count === 'number' && dtstart === undefined) {
    throw unreadable(text, 'COUNT needs a DTSTART to count from');
  }
  const options = withImpliedDay(parsed, start);
  const endless = { ...options, count: null, until: null };
  if (startingNear(endless, start, LAST_FORTY_YEARS).after(new Date(LAST_FORTY_YEARS)) === null) {
    throw unreadable(text, 'it names days that never come');
  }
  return {
    next(after, zone) {
      // An overlap shows the same local time again, so the search begins before it.
      let wallMs = toWallMs(zone, after.getTime()) - MAX_OVERLAP_MS;
      const nearby = startingNear(options, start, wallMs);
      const horizon = Math.max(after.getTime(), start.getTime()) + MAX_WAIT_MS;
      for (;;) {
        const occurrence = nearby.after(new Date(wallMs));
        if (occurrence === null) return undefined;
        wallMs = occurrence.getTime();
        const at = fromWallMs(zone, wallMs);
        if (at > horizon) return undefined;
        if (at > after.getTime()) return new Date(at);
      }
    },
  };
}

/** What DTSTART implies where a rule names no day must survive that DTSTART is moved nearer. */
function withImpliedDay(options: Partial<Options>, start: Date): Partial<Options> {
  const { freq, bymonth, bymonthday, byyearday, byweekno, byweekday } = options;
  const named = [bymonthday, byyearday, byweekno, byweekday].some((part) => part !== undefined);
  if (named || (freq !== RRule.MONTHLY && freq !== RRule.YEARLY)) return options;
  const implied = { ...options, bymonthday: start.getUTCDate() };
  return freq === RRule.YEARLY && bymonth === undefined
    ? { ...implied, bymonth: start.getUTCMonth() + 1 }
    : implied;
}

/**
 * The library counts from DTSTART one by one. Moving that nearer by whole intervals gives the same
 * moments at once; only a rule with COUNT must be counted out.
 */
function startingNear(options: Partial<Options>, start: Date, wallMs: number): RRule {
  const { freq, count } = options;
  const interval = options.interval ?? 1;
  const near = new Date(wallMs);
  let dtstart = start;
  if (freq === RRule.DAILY || freq === RRule.WEEKLY) {
    const stepMs = interval * (freq === RRule.WEEKLY ? 7 * DAY_MS : DAY_MS);
    const steps = Math.floor((wallMs - start.getTime()) / stepMs) - 1;
    if (steps > 0) dtstart = new Date(start.getTime() + steps * stepMs);
  } else {
    const step = interval * (freq === RRule.YEARLY ? 12 : 1);
    const years = near.getUTCFullYear() - start.getUTCFullYear();
    const months = years * 12 + near.getUTCMonth() - start.getUTCMonth();
    const steps = Math.floor(months / step) - 1;
    if (steps > 0) {
      const timeMs = start.getTime() % DAY_MS;
      const first = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + steps * step, 1);
      dtstart = new Date(first + (timeMs < 0 ? timeMs + DAY_MS : timeMs));
    }
  }
  return new RRule({ ...options, dtstart: typeof count === 'number' ? start : dtstart });
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
    `Found the recurrence ${JSON.stringify(text)}, but ${problem}; expected a rule such as 'FREQ=WEEKLY;BYDAY=MO;BYHOUR=9'.`,
  );
}
