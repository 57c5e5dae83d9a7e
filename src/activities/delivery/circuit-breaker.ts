/**
 * Protects callers from a provider that is slow or failing.
 *
 * - `closed`: calls are allowed. A failure opens it.
 * - `open`: no call is allowed until the cool-down has passed since the last failure.
 * - `half-open`: the cool-down has passed, and one call at a time is allowed. A success closes the
 *   breaker, a failure opens it again.
 */
export class CircuitBreaker {
  readonly #elapsed: () => number;
  readonly #coolDownMs: number;
  #openUntil: number | undefined;

  /** @param elapsed milliseconds of a monotonic clock, such as `performance.now` */
  constructor(elapsed: () => number, coolDownMs: number) {
    this.#elapsed = elapsed;
    this.#coolDownMs = coolDownMs;
  }

  get state(): 'closed' | 'open' | 'half-open' {
    if (this.#openUntil === undefined) return 'closed';
    return this.#elapsed() < this.#openUntil ? 'open' : 'half-open';
  }

  recordFailure(): void {
    this.#openUntil = this.#elapsed() + this.#coolDownMs;
  }

  /** Ignores calls that began before the breaker opened. */
  recordSuccess(): void {
    if (this.state === 'half-open') this.reset();
  }

  reset(): void {
    this.#openUntil = undefined;
  }
}
