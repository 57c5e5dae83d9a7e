/** The tasks in Temporal's task queues that wait for a worker. */
export interface Backlog {
  readonly tasks: number;
  /** The age of the oldest one. */
  readonly ageMs: number;
}

/** A backlog older than this halves the window; one younger than `HEALTHY_MS` widens it. */
const OVERLOADED_MS = 250;
const HEALTHY_MS = 50;
const MIN_WINDOW = 2;
const INITIAL_WINDOW = 16;
const MAX_WINDOW = 200;
const WINDOW_STEP = 4;

/**
 * Limits how many workflows may be started now, so that a burst of new enrollments does not delay
 * running journeys. The window grows by a step while the workers keep up and is halved when tasks
 * wait for them: additive increase, multiplicative decrease, as in TCP congestion control.
 */
export class StartPace {
  #window = INITIAL_WINDOW;

  get window(): number {
    return this.#window;
  }

  /** @returns how many workflows to start; 0 to try again soon */
  room({ tasks, ageMs }: Backlog): number {
    if (ageMs > OVERLOADED_MS) this.#window = Math.max(MIN_WINDOW, Math.floor(this.#window / 2));
    else if (ageMs < HEALTHY_MS) this.#window = Math.min(MAX_WINDOW, this.#window + WINDOW_STEP);
    return Math.max(0, this.#window - tasks);
  }
}
