import { BEST_TIMES, type Preferences } from '../consent/preferences';
import { isTransactional, type Purpose } from '../purpose';
import { nextLocalTime } from '../schedule/moment';
import { parseTimeOfDay } from '../schedule/time-of-day';
import { resolveZone, toWallMs } from '../schedule/zone';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** When a digest comes to a customer who has told no best time. */
const DEFAULT_DIGEST_TIME = '09:00';

export type ChosenTimeGate =
  | { readonly pass: true }
  | {
      readonly pass: false;
      readonly reason: 'digest' | 'best-time';
      readonly until: Date;
    };

/**
 * Makes marketing wait for the moment that the customer chose: the time of a digest, so that what
 * gathers until then comes at once, or else the hours that they like best.
 *
 * What has waited for one of them once is not held again, so that a moment within quiet hours
 * leads to their end and not to the next week.
 *
 * @param intent.waitedFor reasons for which this message has been deferred, and whose time has come
 */
export function chosenTimeGate(intent: {
  readonly preferences: Preferences;
  readonly purpose: Purpose;
  readonly zone: string | null | undefined;
  readonly defaultZone: string;
  readonly now: Date;
  readonly waitedFor: readonly string[];
}): ChosenTimeGate {
  const { preferences, purpose, zone, defaultZone, now, waitedFor } = intent;
  const { digest, bestTime } = preferences;
  if (isTransactional(purpose) || (digest === null && bestTime === null)) return { pass: true };
  const reason = digest === null ? 'best-time' : 'digest';
  if (waitedFor.includes(reason)) return { pass: true };
  const [from, to] =
    bestTime === null ? [DEFAULT_DIGEST_TIME, DEFAULT_DIGEST_TIME] : BEST_TIMES[bestTime];
  if (digest === null && isWithin(from, to, resolveZone(zone, defaultZone).zone, now)) {
    return { pass: true };
  }
  const weekday = digest === 'weekly' ? ('monday' as const) : undefined;
  const until = nextLocalTime({ time: from, weekday, zone, defaultZone, after: now });
  return until <= now ? { pass: true } : { pass: false, reason, until };
}

function isWithin(from: string, to: string, zone: string, now: Date): boolean {
  const minute = (toWallMs(zone, now.getTime()) % DAY_MS) / MINUTE_MS;
  return minute >= parseTimeOfDay(from) && minute < parseTimeOfDay(to);
}
