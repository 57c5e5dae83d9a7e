const FIRST_MS = 2_000;
const MAX_MS = 10 * 60 * 1000;

/**
 * Exponential backoff before the next attempt, with jitter over its upper half, so that messages
 * that failed together are not retried together. A delay that the provider requested is used instead,
 * up to the same maximum.
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
