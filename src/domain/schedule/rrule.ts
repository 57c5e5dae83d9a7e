import { RRuleTemporal } from 'rrule-temporal';

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
 * The start of a rule without DTSTART, in everybody's local time: a Monday, the first of a month and
 * of a year, so that "every second week" is the same week for all customers.
 */
const EPOCH = '19680101T000000';

/** More periods than the largest COUNT needs. */
const MAX_PERIODS = 200_000;

/** The periods in forty years: a rule that names no day in them names days that never come. */
const PERIODS_TO_TRY = new Map([
  ['DAILY', 14_700],
  ['WEEKLY', 2_100],
  ['MONTHLY', 480],
  ['YEARLY', 40],
]);

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
 * local times written as UTC: in the zone itself it would leave out a time that a change of the
 * clock skips.
 *
 * Without DTSTART a rule starts on Monday 1 January 1968, 00:00. A DTSTART and an UNTIL are local
 * times, too, with or without a `Z`. A search ends after ten years, the longest wait.
 *
 * @throws {RangeError} the text is no RRULE, names days that never come, or has what has no meaning
 * here: TZID, EXDATE, a COUNT without DTSTART, a frequency of hours or less (BYHOUR takes a list)
 */
export function parseRrule(text: string): Recurrence {
  const { dtstart, rule } = readLines(text);
  checkParts(rule, text);
  if (/(?:^|;)COUNT=/.test(rule) && dtstart === undefined) {
    throw unreadable(text, 'COUNT needs a DTSTART to count from');
  }
  const start = dtstart ?? EPOCH;
  const parsed = ruleFrom(start, rule, text, MAX_PERIODS);
  const endless = rule.replace(/(?:^|;)(?:COUNT|UNTIL)=[^;]*/g, '');
  if (!hasOccurrence(ruleFrom(start, endless, text, periodsToTry(rule)))) {
    throw unreadable(text, 'it names days that never come');
  }
  const startMs = parsed.options().dtstart.epochMilliseconds;
  return {
    next(after, zone) {
      // An overlap shows the same local time again, so the search begins before it.
      let wallMs = toWallMs(zone, after.getTime()) - MAX_OVERLAP_MS;
      const horizon = Math.max(after.getTime(), startMs) + MAX_WAIT_MS;
      for (;;) {
        const occurrence = parsed.next(new Date(wallMs));
        if (occurrence === null) return undefined;
        wallMs = occurrence.epochMilliseconds;
        const at = fromWallMs(zone, wallMs);
        if (at > horizon) return undefined;
        if (at > after.getTime()) return new Date(at);
      }
    },
  };
}

/** @param start a local time such as `20260101T090000` */
function ruleFrom(start: string, rule: string, text: string, maxIterations: number): RRuleTemporal {
  const local = (time: string) =>
    `${time.includes('T') ? time.replace('Z', '') : `${time}T000000`}Z`;
  const until = rule.replace(/UNTIL=(\w+)/, (_, time: string) => `UNTIL=${local(time)}`);
  try {
    return new RRuleTemporal({
      rruleString: `DTSTART:${local(start)}\nRRULE:${until.replace(/^;/, '')}`,
      maxIterations,
    });
  } catch (cause) {
    throw unreadable(text, `its dates or parts do not fit (${String(cause)})`);
  }
}

function periodsToTry(rule: string): number {
  return PERIODS_TO_TRY.get(/FREQ=(\w+)/.exec(rule)?.[1] ?? '') ?? MAX_PERIODS;
}

/** The library throws where it finds none in as many periods as it may look at. */
function hasOccurrence(rule: RRuleTemporal): boolean {
  try {
    return rule.next(new Date(0)) !== null;
  } catch {
    return false;
  }
}

function readLines(text: string): { dtstart: string | undefined; rule: string } {
  let dtstart: string | undefined;
  let rule: string | undefined;
  // Both lines may also be written as one, with a semicolon: `DTSTART:...;FREQ=...`.
  for (const line of text.toUpperCase().split(/\s+|;(?=DTSTART|RRULE)|(?<=DTSTART:\w+);/)) {
    if (/^DTSTART[:=]\d{8}(?:T\d{6}Z?)?$/.test(line)) dtstart = line.slice('DTSTART:'.length);
    else if (line.startsWith('DTSTART')) throw unreadable(text, `it contains ${line}`);
    else if (rule === undefined) rule = line.replace(/^RRULE:/, '');
    else throw unreadable(text, `beside one rule it contains ${line}`);
  }
  if (rule === undefined) throw unreadable(text, 'it has a DTSTART but no rule');
  return { dtstart, rule };
}

/** The library is lenient: without this check, a typo would only show as days that never come. */
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
  if (/FREQ=YEARLY/.test(rule)) checkCombination(seen, /BYDAY=[^;]*\d/.test(rule), text);
}

/** Days of a year whose intersection rrule-temporal 2.2.8 does not compute as RFC 5545 says. */
function checkCombination(parts: ReadonlySet<string>, ordinalDays: boolean, text: string): void {
  const refuse = (first: string, second: string) => {
    throw unreadable(text, `${first} cannot be combined with ${second}`);
  };
  for (const other of ['BYDAY', 'BYMONTHDAY', 'BYWEEKNO']) {
    if (parts.has('BYYEARDAY') && parts.has(other)) refuse('BYYEARDAY', other);
  }
  if (ordinalDays && parts.has('BYMONTHDAY')) refuse('BYDAY with a number', 'BYMONTHDAY');
  if (!parts.has('BYWEEKNO')) return;
  if (parts.has('BYMONTHDAY')) refuse('BYWEEKNO', 'BYMONTHDAY');
  if (ordinalDays) refuse('BYWEEKNO', 'BYDAY with a number');
  if (!parts.has('BYDAY')) throw unreadable(text, 'BYWEEKNO needs BYDAY');
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
