import type { ChannelKind } from '../domain/channel-kind';

/** A provider that is slow must not take the places of deliveries on other channels. */
const MOST_UNDER_WAY = 16;

/**
 * Which deliveries this process may carry out right behind their decision, on the journeys' own task
 * queue: Temporal hands such an activity back with the answer to the workflow task, instead of
 * keeping it for whoever asks. Only on channels that this process delivers on without a rate limit,
 * and only while few are under way; all others go by the channel's own queue.
 */
export class NearDeliveries {
  readonly #underWay = new Map<ChannelKind, number>();
  #channels: ReadonlySet<ChannelKind> = new Set();

  /** Says on which channels this process's journeys may deliver. */
  serve(channels: Iterable<ChannelKind>): void {
    this.#channels = new Set(channels);
  }

  hasRoom(channel: ChannelKind): boolean {
    return this.#channels.has(channel) && (this.#underWay.get(channel) ?? 0) < MOST_UNDER_WAY;
  }

  /** Counts a call of a channel's provider as under way. */
  async during<T>(channel: ChannelKind, call: () => Promise<T>): Promise<T> {
    this.#underWay.set(channel, (this.#underWay.get(channel) ?? 0) + 1);
    try {
      return await call();
    } finally {
      this.#underWay.set(channel, (this.#underWay.get(channel) ?? 1) - 1);
    }
  }
}
