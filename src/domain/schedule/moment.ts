import { parseTimeOfDay } from './time-of-day';
import { weekdayOf } from './weekday';
import type { Weekday } from './weekday';
import { fromWallMs, resolveZone, toWallMs } from './zone';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * The first time at or after `after` at which the customer's clock shows a time of day, optionally
 * on a given weekday. A loop that wants the next day's must pass a later `after`.
 *
 * A local time that a clock change skips is shifted by the size of the gap (02:30 becomes 03:30);
 * of a local time that occurs twice the first occurrence counts.
 *
 * @param moment.zone the customer's IANA zone; `defaultZone` is used if it is unknown or invalid
 * @throws {RangeError} `time` is not a time of day
 */
export function nextLocalTime(moment: {
  readonly time: string;
  readonly weekday?: Weekday | undefined;
  readonly zone: string | null | undefined;
  readonly after: Date;
  readonly defaultZone: string;
}): Date {
  const { weekday, after } = moment;
  const timeMs = parseTimeOfDay(moment.time) * MINUTE_MS;
  const { zone } = resolveZone(moment.zone, moment.defaultZone);
  const wallMs = toWallMs(zone, after.getTime());
  // Starts a day early for times such as 24:00, and ends after more than a week for weekdays.
  const yesterday = Math.floor(wallMs / DAY_MS) * DAY_MS - DAY_MS;
  for (let day = yesterday; day <= yesterday + 10 * DAY_MS; day += DAY_MS) {
    if (weekday !== undefined && weekdayOf(day) !== weekday) continue;
    const at = fromWallMs(zone, day + timeMs);
    if (at >= after.getTime()) return new Date(at);
  }
  throw new RangeError(
    `Found no ${String(weekday)} in ten days; expected a weekday such as 'monday'.`,
  );
}
