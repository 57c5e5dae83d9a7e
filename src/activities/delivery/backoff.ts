const FIRST_MS = 2_000;
const MAX_MS = 10 * 60 * 1000;

/**
 * How long to wait before the next attempt: doubled each time, with full jitter over its upper half,
 * so that messages that failed together do not come back together. A provider that named a time is
 * believed, within the same bound.
 *
 * @param attempt the number of the attempt that failed, from 1
 * @param random a number in [0, 1)
 * @returns milliseconds
 */
export function backoffMs(attempt: number, random: () => number, retryAfterMs?: number): number {
  const doubled = Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 20));
  const jittered = doubled / 2 + (random() * doubled) / 2;
  return Math.round(Math.max(jittered, Math.min(retryAfterMs ?? 0, MAX_MS)));
}
