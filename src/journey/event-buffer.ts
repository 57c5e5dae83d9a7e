import type { RoutedEvent } from './journey-event';
import type { RoutedItem } from './protocol';

/**
 * Buffers events, in the order of receipt, until a wait consumes them, and keeps the latest event of
 * each name for sleeps whose date is in an event.
 *
 * The relay sends items in order but may send one twice (it can be killed between sending and
 * recording it), so an item whose `seq` is not above the last one is a duplicate.
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

  /** @returns false for a duplicate */
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

  /** The most recent event of these names, consumed or not. */
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

  /** The first buffered event that matches, without consuming it. */
  peek(matches: (event: RoutedEvent) => boolean): RoutedEvent | undefined {
    return this.#unread.find(matches);
  }

  take(event: RoutedEvent): void {
    this.#unread = this.#unread.filter(({ id }) => id !== event.id);
  }
}
