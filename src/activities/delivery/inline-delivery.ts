import { channelDefinition, type ChannelKind } from '../../domain/channels/channel-kind';
import { CircuitBreaker } from './circuit-breaker';

/** Half of the concurrent workflow tasks of a process, so that a hanging provider blocks no more. */
const MAX_IN_FLIGHT = 8;

/** A call that takes longer counts as slow. */
export const PROMPT_MS = 2_000;

/** How long a channel uses only its own queue after a slow or failed call. */
const COOL_DOWN_MS = 30_000;

interface ChannelCalls {
  inFlight: number;
  readonly breaker: CircuitBreaker;
}

/**
 * Decides which messages this process delivers inline, within the local activity that decides them;
 * all others are delivered from their channel's own queue. A message is delivered inline if this
 * process serves its channel without a rate limit, few calls are in flight, and the channel's circuit
 * breaker is closed. A slow or failed call opens the breaker.
 */
export class InlineDelivery {
  readonly #calls = new Map<ChannelKind, ChannelCalls>();
  readonly #attempts = new Set<Promise<unknown>>();
  readonly #elapsed: () => number;
  #channels: ReadonlySet<ChannelKind> = new Set();

  /** @param elapsed milliseconds of a monotonic clock, such as `performance.now` */
  constructor(elapsed: () => number) {
    this.#elapsed = elapsed;
  }

  /**
   * Sets the channels on which this process delivers inline, if their definitions allow it, and
   * closes every breaker.
   */
  enable(channels: Iterable<ChannelKind>): void {
    this.#channels = new Set([...channels].filter(mayBeInline));
    for (const { breaker } of this.#calls.values()) breaker.reset();
  }

  /** Whether a message of this channel may be delivered inline now. */
  accepts(channel: ChannelKind): boolean {
    if (!this.#channels.has(channel)) return false;
    const { inFlight, breaker } = this.#callsOf(channel);
    const limits = { closed: MAX_IN_FLIGHT, 'half-open': 1, open: 0 };
    return inFlight < limits[breaker.state];
  }

  /**
   * Calls a channel's provider, inline or from its queue, and records the outcome in the channel's
   * breaker.
   *
   * @param failed whether a result is a failure of the provider; an exception always is
   */
  async call<T>(
    channel: ChannelKind,
    call: () => Promise<T>,
    failed: (result: T) => boolean,
  ): Promise<T> {
    const calls = this.#callsOf(channel);
    const begun = this.#elapsed();
    let succeeded = false;
    calls.inFlight++;
    try {
      const result = await call();
      succeeded = !failed(result);
      return result;
    } finally {
      calls.inFlight--;
      if (succeeded && this.#elapsed() - begun <= PROMPT_MS) calls.breaker.recordSuccess();
      else calls.breaker.recordFailure();
    }
  }

  /** Opens a channel's breaker because of a slow call that is still in flight. */
  recordSlow(channel: ChannelKind): void {
    this.#callsOf(channel).breaker.recordFailure();
  }

  /** Adds an attempt (the call and the recording of its outcome) to those that `drain` waits for. */
  track(attempt: Promise<unknown>): void {
    this.#attempts.add(attempt);
    const remove = () => void this.#attempts.delete(attempt);
    attempt.then(remove, remove);
  }

  /** Resolves when no tracked attempt is in flight, or after `maxMs`. */
  async drain(maxMs: number): Promise<void> {
    const until = this.#elapsed() + maxMs;
    while (this.#elapsed() < until && this.#attempts.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  #callsOf(channel: ChannelKind): ChannelCalls {
    let calls = this.#calls.get(channel);
    if (calls === undefined) {
      calls = { inFlight: 0, breaker: new CircuitBreaker(this.#elapsed, COOL_DOWN_MS) };
      this.#calls.set(channel, calls);
    }
    return calls;
  }
}

function mayBeInline(channel: ChannelKind): boolean {
  return channelDefinition(channel)?.inlineAllowed !== false;
}
