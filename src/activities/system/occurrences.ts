import { parseRecurrence, type Recurrence } from '../../domain/schedule/recurrence';
import type { Occurrences, SystemActivities } from './protocol';

const MINUTE_MS = 60_000;

/** Time spans in which the latest occurrence is searched, the shortest first. */
const SPANS_MS = [1, 10, 60, 600, 6_000, 60_000, 600_000, 6_000_000].map(
  (minutes) => minutes * MINUTE_MS,
);

/** The due occurrence of a recurrence, and the next one. Of several missed ones, the latest is due. */
export const occurrences: SystemActivities['occurrences'] = ({ recurrence, zone, after, now }) => {
  const rule = parseRecurrence(recurrence);
  return Promise.resolve({
    due: latestDue(rule, zone, after, now),
    next: rule.next(new Date(Math.max(after, now)), zone)?.getTime() ?? null,
  } satisfies Occurrences);
};

/**
 * The latest occurrence after `after` and not after `now`. The search starts near `now`, so that a
 * schedule of every second that was down for a year is not enumerated.
 */
function latestDue(rule: Recurrence, zone: string, after: number, now: number): number | null {
  for (const span of [...SPANS_MS, Infinity]) {
    const from = Math.max(after, now - span);
    let latest: number | null = null;
    for (let at = from; ;) {
      const next = rule.next(new Date(at), zone)?.getTime();
      if (next === undefined || next > now) break;
      latest = next;
      at = next;
    }
    if (latest !== null || from === after) return latest;
  }
  return null;
}
