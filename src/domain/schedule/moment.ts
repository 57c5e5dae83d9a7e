import { parseTimeOfDay } from './time-of-day';
import { weekdayOf } from './weekday';
import type { Weekday } from './weekday';
import { fromWallMs, resolveZone, toWallMs } from './zone';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * The next moment at which the customer's clock shows a time of day, on that weekday if one is
 * given: at `after` or later. A loop that wants the next day's must pass a later `after`.
 *
 * A time that clocks skip comes later by as much as they skip (02:30 becomes 03:30); one that they
 * show twice counts the first time only.
 *
 * @param moment.zone the customer's IANA zone; where it is unknown or invalid, `defaultZone` holds
 * @throws {RangeError} `time` is no time of day
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
  // From the day before, for times such as 24:00, to one beyond a week, for the weekday.
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
