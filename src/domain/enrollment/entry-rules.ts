import type { Duration } from '../duration';
import { durationMs } from '../duration';

/**
 * Whether a customer who was in a journey may enter it again. The rule applies per key (in a journey
 * keyed by cart, other carts do not count). Under every rule, a customer has at most one active
 * enrollment per key.
 *
 * - `never`: a single enrollment.
 * - `after exit`: as soon as the last enrollment has ended. The default.
 * - `{ after }`: this long after the end of the last enrollment, however it ended.
 * - `{ times }`: at most this many enrollments in total. Can be combined with `after`.
 * - `concurrent`: for journeys whose key differs for each event, so that enrollments run
 *   concurrently; for the same key it equals `after exit`.
 */
export type Reentry =
  'never' | 'after exit' | 'concurrent' | { readonly after?: Duration; readonly times?: number };

const DEFAULT_REENTRY: Reentry = 'after exit';

/** A past or active enrollment of the customer in the journey. */
export interface PastEnrollment {
  readonly key: string;
  readonly enteredAt: Date;
  /** Null while the customer is in the journey. */
  readonly endedAt: Date | null;
  readonly status: string;
}

export type EntryGate =
  | { readonly pass: true }
  | {
      readonly pass: false;
      readonly reason: 'already-in' | 'reentry-never' | 'reentry-too-soon' | 'reentry-limit';
      /** The earliest time at which the gate passes; absent if it never will. */
      readonly opensAt?: Date;
    };

/**
 * Decides whether a trigger enrolls the customer. Returns the first reason that applies, in the
 * order `already-in`, `reentry-never`, `reentry-limit`, `reentry-too-soon`: permanent limits come
 * before temporary ones.
 *
 * @param entry.previous the customer's enrollments in the journey, in any order, of any key
 * @throws {RangeError} if `after` is not a duration
 */
export function entryGate(entry: {
  readonly reentry?: Reentry | undefined;
  readonly key: string;
  readonly now: Date;
  readonly previous: readonly PastEnrollment[];
}): EntryGate {
  const reentry = entry.reentry ?? DEFAULT_REENTRY;
  const previous = entry.previous.filter((each) => each.key === entry.key);
  const [first] = previous;
  if (first === undefined) return entryOfNewcomer(reentry);
  const ends = previous.map((each) => each.endedAt?.getTime());
  if (ends.includes(undefined)) return { pass: false, reason: 'already-in' };
  if (reentry === 'never') return { pass: false, reason: 'reentry-never' };
  if (typeof reentry === 'string') return { pass: true };
  if (reentry.times !== undefined && !(previous.length < reentry.times)) {
    return { pass: false, reason: 'reentry-limit' };
  }
  if (reentry.after === undefined) return { pass: true };
  const lastEnd = ends.reduce<number>((latest, end) => Math.max(latest, end ?? latest), -Infinity);
  const opensAt = new Date(lastEnd + durationMs(reentry.after));
  return entry.now >= opensAt
    ? { pass: true }
    : { pass: false, reason: 'reentry-too-soon', opensAt };
}

/** `{ times: 0 }` closes a journey to all customers, including those who were never in it. */
function entryOfNewcomer(reentry: Reentry): EntryGate {
  const times = typeof reentry === 'object' ? reentry.times : undefined;
  return times === undefined || times > 0
    ? { pass: true }
    : { pass: false, reason: 'reentry-limit' };
}
