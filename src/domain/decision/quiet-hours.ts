import type { ChannelKind } from '../channels/channel-kind';
import type { Purpose } from '../purpose';
import { isTransactional } from '../purpose';
import { MINUTES_PER_DAY, parseTimeOfDay } from '../schedule/time-of-day';
import { weekdayOf } from '../schedule/weekday';
import type { Weekday } from '../schedule/weekday';
import { offsetMs, resolveZone, toWallMs } from '../schedule/zone';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** How far ahead an open minute is looked for; beyond it the rules leave none in a week. */
const HORIZON_MS = 8 * DAY_MS;

/**
 * Local hours in which nothing is sent: from `from` (included) to `to` (not included), over
 * midnight where `to` is the earlier one, and the whole 24 hours where both are equal.
 */
export interface QuietHours {
  readonly from: string;
  readonly to: string;
  readonly channels?: readonly ChannelKind[];
  /** The days on which the quiet hours begin: `['friday']` with 21:00-08:00 ends on Saturday. */
  readonly weekdays?: readonly Weekday[];
}

/** The zone in which the gate read the clock; `zoneAssumed` where it is not the customer's own. */
interface ReadZone {
  readonly zone: string;
  readonly zoneAssumed: boolean;
}

export type QuietHoursGate =
  | ({ readonly pass: true } & ReadZone)
  | ({
      readonly pass: false;
      readonly reason: 'quiet-hours';
      /** The earliest full minute, after now, at which no rule is quiet. */
      readonly until: Date;
    } & ReadZone);

/**
 * Holds a message back while the customer's own clock is within quiet hours. What counts is what
 * that clock shows: an hour that happens twice is quiet twice, one that is skipped never is. A
 * transactional message passes always.
 *
 * Rules that together leave no minute open are looked at again after eight days.
 *
 * @param intent.zone the customer's IANA zone; where it is unknown or invalid, `defaultZone` holds
 * @throws {RangeError} `from` or `to` of a rule is no time of day
 */
export function quietHoursGate(intent: {
  readonly rules: readonly QuietHours[];
  readonly channel: ChannelKind;
  readonly purpose: Purpose;
  readonly zone: string | null | undefined;
  readonly defaultZone: string;
  readonly now: Date;
}): QuietHoursGate {
  const resolved = resolveZone(intent.zone, intent.defaultZone);
  const read: ReadZone = { zone: resolved.zone, zoneAssumed: resolved.assumed };
  if (isTransactional(intent.purpose)) return { pass: true, ...read };
  const spans = intent.rules
    .filter(({ channels }) => channels === undefined || channels.includes(intent.channel))
    .map(toSpan);
  const nowMs = intent.now.getTime();
  if (!isQuiet(spans, toWallMs(read.zone, nowMs))) return { pass: true, ...read };
  const until = new Date(firstOpenMinute(spans, read.zone, nowMs));
  return { pass: false, reason: 'quiet-hours', until, ...read };
}

/** A rule with its times as minutes since local midnight. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly weekdays: readonly Weekday[] | undefined;
}

function toSpan(rule: QuietHours): Span {
  const from = parseTimeOfDay(rule.from) % MINUTES_PER_DAY;
  const to = parseTimeOfDay(rule.to);
  return { from, to: to <= from ? to + MINUTES_PER_DAY : to, weekdays: rule.weekdays };
}

function isQuiet(spans: readonly Span[], wallMs: number): boolean {
  const midnight = Math.floor(wallMs / DAY_MS) * DAY_MS;
  return spans.some((span) => {
    // A span that holds now began today or, over midnight, yesterday.
    for (const day of [midnight, midnight - DAY_MS]) {
      const minute = (wallMs - day) / MINUTE_MS;
      const began = span.weekdays === undefined || span.weekdays.includes(weekdayOf(day));
      if (began && minute >= span.from && minute < span.to) return true;
    }
    return false;
  });
}

/**
 * Minute by minute, since a change of the clock may open or close quiet hours at any of them. The
 * offset is asked for once an hour only, and for each minute of an hour in which it changes.
 */
function firstOpenMinute(spans: readonly Span[], zone: string, nowMs: number): number {
  const first = (Math.floor(nowMs / MINUTE_MS) + 1) * MINUTE_MS;
  for (let hour = first; hour < first + HORIZON_MS; hour += HOUR_MS) {
    const offset = offsetMs(zone, hour);
    const steady = offset === offsetMs(zone, hour + HOUR_MS);
    for (let minute = hour; minute < hour + HOUR_MS; minute += MINUTE_MS) {
      const wallMs = steady ? minute + offset : toWallMs(zone, minute);
      if (!isQuiet(spans, wallMs)) return minute;
    }
  }
  return first + HORIZON_MS;
}
