import type { RoutedEvent } from './journey-event';
import type { RoutedItem } from './protocol';

/**
 * The events that routing has delivered and no wait has taken yet, in the order in which they were
 * received, and the latest event of each name, which moments with a moving date look at.
 *
 * Routing may deliver an item twice (a relay that was killed between sending and noting it), and
 * always in order, so an item whose `seq` is not above the last one is a repeat.
 */
export class EventBuffer {
  #unread: RoutedEvent[];
  readonly #latest: Map<string, RoutedEvent>;
  #lastSeq: number;

  constructor(
    unread: readonly RoutedEvent[] = [],
    latest: readonly RoutedEvent[] = [],
    lastSeq = 0,
  ) {
    this.#unread = [...unread];
    this.#latest = new Map(latest.map((event) => [event.name, event]));
    this.#lastSeq = lastSeq;
  }

  get unread(): readonly RoutedEvent[] {
    return this.#unread;
  }

  get latest(): readonly RoutedEvent[] {
    return [...this.#latest.values()];
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** @returns false for an item that had been delivered before */
  accept(item: RoutedItem): boolean {
    if (item.late !== true) {
      if (item.seq <= this.#lastSeq) return false;
      this.#lastSeq = item.seq;
    }
    if (item.effect === 'event' && item.event !== undefined) this.add(item.event);
    return true;
  }

  add(event: RoutedEvent): void {
    if (this.#unread.some(({ id }) => id === event.id)) return;
    this.#unread.push(event);
    this.#latest.set(event.name, event);
  }

  /** The latest to happen of the events of these names, read or not. */
  latestAmong(names: readonly string[]): RoutedEvent | undefined {
    return names
      .map((name) => this.#latest.get(name))
      .filter((event) => event !== undefined)
      .toSorted((a, b) => a.at - b.at)
      .at(-1);
  }

  note(event: RoutedEvent): void {
    this.#latest.set(event.name, event);
  }

  /** The first unread event that matches, left where it is. */
  peek(matches: (event: RoutedEvent) => boolean): RoutedEvent | undefined {
    return this.#unread.find(matches);
  }

  take(event: RoutedEvent): void {
    this.#unread = this.#unread.filter(({ id }) => id !== event.id);
  }
}
