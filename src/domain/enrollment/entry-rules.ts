import type { Duration } from '../duration';
import { durationMs } from '../duration';

/**
 * Whether somebody who was in a journey may enter it again. All of it counts for each key alone
 * (a journey keyed by cart knows nothing of the customer's other carts), and under every rule a
 * customer is in a journey at most once for each key.
 *
 * - `never`: one passage, ever.
 * - `after exit`: as soon as the last passage has ended. The default.
 * - `{ after }`: so long after the end of the last passage, however it ended.
 * - `{ times }`: at most so many passages in all, the first one included. May go with `after`.
 * - `concurrent`: for journeys whose key is new with each event, so that passages run side by
 *   side; on one and the same key it is `after exit`.
 */
export type Reentry =
  'never' | 'after exit' | 'concurrent' | { readonly after?: Duration; readonly times?: number };

const DEFAULT_REENTRY: Reentry = 'after exit';

/** One earlier or present passage of this customer through the journey. */
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
      /** The first moment at which the gate passes; absent where waiting does not help. */
      readonly opensAt?: Date;
    };

/**
 * Decides whether a trigger lets the customer in. The first reason that holds is the answer, in
 * the order `already-in`, `reentry-never`, `reentry-limit`, `reentry-too-soon`: a limit that time
 * cannot lift is named before one that it can.
 *
 * @param passage.previous this customer's passages through this journey, in any order, of any key
 * @throws {RangeError} `after` is no duration
 */
export function entryGate(passage: {
  readonly reentry?: Reentry | undefined;
  readonly key: string;
  readonly now: Date;
  readonly previous: readonly PastEnrollment[];
}): EntryGate {
  const reentry = passage.reentry ?? DEFAULT_REENTRY;
  const previous = passage.previous.filter((each) => each.key === passage.key);
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
  return passage.now >= opensAt
    ? { pass: true }
    : { pass: false, reason: 'reentry-too-soon', opensAt };
}

/** `{ times: 0 }` closes a journey to everybody, those who were never in it included. */
function entryOfNewcomer(reentry: Reentry): EntryGate {
  const times = typeof reentry === 'object' ? reentry.times : undefined;
  return times === undefined || times > 0
    ? { pass: true }
    : { pass: false, reason: 'reentry-limit' };
}
