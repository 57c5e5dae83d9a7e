/** What waits in Temporal's task queues for a worker. */
export interface Backlog {
  readonly tasks: number;
  /** How long the oldest of them has waited. */
  readonly ageMs: number;
}

/** Work that has waited so long says that the workers are behind; so short, that they are not. */
const BEHIND_MS = 250;
const EASY_MS = 50;
const LEAST = 2;
const FIRST = 16;
const MOST = 200;
const WIDEN_BY = 4;

/**
 * How many journeys may be started now. A window bounds what new enrollments put in front of the
 * workers, so that a burst of them never starves journeys that react: it widens by a step while
 * workers keep up and is halved when work waits for them (additive increase, multiplicative
 * decrease, as in TCP's congestion control).
 */
export class StartPace {
  #window = FIRST;

  get window(): number {
    return this.#window;
  }

  /** @returns how many starts the backlog leaves room for; 0 says to look again soon */
  room({ tasks, ageMs }: Backlog): number {
    if (ageMs > BEHIND_MS) this.#window = Math.max(LEAST, Math.floor(this.#window / 2));
    else if (ageMs < EASY_MS) this.#window = Math.min(MOST, this.#window + WIDEN_BY);
    return Math.max(0, this.#window - tasks);
  }
}
