/** Whether a caller may do it once more. */
export type RateLimiter = (caller: string, now: Date) => boolean;

/**
 * Limits how often each caller may do something in a sliding window, within this process. Callers who
 * have been idle longest are forgotten where there are too many.
 */
export function createRateLimiter(rule: {
  readonly limit: number;
  readonly windowMs: number;
  readonly maxCallers?: number;
}): RateLimiter {
  const { limit, windowMs, maxCallers = 10_000 } = rule;
  const seen = new Map<string, readonly number[]>();
  return (caller, now) => {
    const since = now.getTime() - windowMs;
    const times = (seen.get(caller) ?? []).filter((at) => at > since);
    const allowed = times.length < limit;
    // Moved to the end of the map, so that its first caller has been idle longest.
    seen.delete(caller);
    seen.set(caller, allowed ? [...times, now.getTime()] : times);
    const [idlest] = seen.keys();
    if (seen.size > maxCallers && idlest !== undefined) seen.delete(idlest);
    return allowed;
  };
}
