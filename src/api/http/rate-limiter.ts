/** Whether a caller may do it once more. */
export type RateLimiter = (caller: string, now: Date) => boolean;

/**
 * Lets each caller do something so many times in a stretch of time, as this process sees it. It
 * forgets who has been quiet for that long, and the quietest where there are too many to keep.
 */
export function createRateLimiter(rule: {
  readonly most: number;
  readonly withinMs: number;
  /** The most callers that are kept. */
  readonly callers?: number;
}): RateLimiter {
  const { most, withinMs, callers = 10_000 } = rule;
  const seen = new Map<string, readonly number[]>();
  return (caller, now) => {
    const since = now.getTime() - withinMs;
    const times = (seen.get(caller) ?? []).filter((at) => at > since);
    const allowed = times.length < most;
    // Put at the end again, so that the first of the map is the quietest.
    seen.delete(caller);
    seen.set(caller, allowed ? [...times, now.getTime()] : times);
    const [quietest] = seen.keys();
    if (seen.size > callers && quietest !== undefined) seen.delete(quietest);
    return allowed;
  };
}
