import type { ChannelKind } from '../../domain/channels/channel-kind';

/** Half of the workflow tasks that a process works on at a time: a provider that hangs holds no more. */
const MAX_IN_FLIGHT = 8;

/** A provider that takes longer than this is not prompt. */
export const PROMPT_MS = 2_000;

/** How long a channel is left to its own queue after a call that was slow or failed. */
const REST_MS = 30_000;

interface ChannelCalls {
  underWay: number;
  restsUntil: number;
}

/**
 * Which messages this process may hand to their provider right behind their decision, within the
 * same local activity; all others go by their channel's own queue. Only on channels that this
 * process delivers on without a rate limit, only while few are under way, and only while the
 * provider answers promptly: a call that is slow or fails is the last, until the channel had a rest.
 */
export class InlineDelivery {
  readonly #calls = new Map<ChannelKind, ChannelCalls>();
  readonly #attempts = new Set<Promise<unknown>>();
  readonly #elapsed: () => number;
  #channels: ReadonlySet<ChannelKind> = new Set();

  /** @param elapsed milliseconds of a clock that only runs forward, such as `performance.now` */
  constructor(elapsed: () => number) {
    this.#elapsed = elapsed;
  }

  /** Says on which channels this process's journeys may deliver. No channel rests from now on. */
  serve(channels: Iterable<ChannelKind>): void {
    this.#channels = new Set(channels);
    for (const calls of this.#calls.values()) calls.restsUntil = Number.NEGATIVE_INFINITY;
  }

  hasRoom(channel: ChannelKind): boolean {
    if (!this.#channels.has(channel)) return false;
    const { underWay, restsUntil } = this.#callsOf(channel);
    return underWay < MAX_IN_FLIGHT && this.#elapsed() >= restsUntil;
  }

  /**
   * Counts a call of a channel's provider as under way.
   *
   * @param failed whether what the call came to speaks against more of them
   */
  async during<T>(
    channel: ChannelKind,
    call: () => Promise<T>,
    failed: (outcome: T) => boolean,
  ): Promise<T> {
    const calls = this.#callsOf(channel);
    const begun = this.#elapsed();
    let well = false;
    calls.underWay++;
    try {
      const outcome = await call();
      well = !failed(outcome);
      return outcome;
    } finally {
      calls.underWay--;
      if (!well || this.#elapsed() - begun > PROMPT_MS) this.rest(channel);
    }
  }

  /** Leaves a channel to its own queue for a while. */
  rest(channel: ChannelKind): void {
    this.#callsOf(channel).restsUntil = this.#elapsed() + REST_MS;
  }

  /** Counts an attempt, its call and the writing of its outcome, among those to be waited for. */
  track(attempt: Promise<unknown>): void {
    this.#attempts.add(attempt);
    const gone = () => void this.#attempts.delete(attempt);
    attempt.then(gone, gone);
  }

  /** Resolves when no tracked attempt is under way any more, or when the time is over. */
  async settled(maxMs: number): Promise<void> {
    const until = this.#elapsed() + maxMs;
    while (this.#elapsed() < until && this.#attempts.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  #callsOf(channel: ChannelKind): ChannelCalls {
    let calls = this.#calls.get(channel);
    if (calls === undefined) {
      calls = { underWay: 0, restsUntil: Number.NEGATIVE_INFINITY };
      this.#calls.set(channel, calls);
    }
    return calls;
  }
}
