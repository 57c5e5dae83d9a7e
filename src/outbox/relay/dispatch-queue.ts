import type { RelayOutcome } from './relay-carrier';

export interface DispatchRow {
  readonly id: number;
  readonly enrollmentId: string;
  readonly attempts: number;
}

/** The waiting rows of one enrollment, in order; they are sent in one call. */
export type Group<Row> = readonly [Row, ...Row[]];

export interface DispatchQueueOptions<Row> {
  /** The maximum number of calls in flight. */
  readonly width: number;
  readonly carry: (group: Group<Row>) => Promise<RelayOutcome>;
  /** Deletes rows that Temporal has accepted from the outbox. */
  readonly remove: (ids: readonly number[]) => Promise<void>;
  readonly requeue: (group: Group<Row>, error: string) => Promise<void>;
  /** Called when groups have left the queue, and when a problem stops it. */
  readonly onDrained: (groups: readonly Group<Row>[]) => void;
}

/**
 * Sends groups of rows to Temporal concurrently. Groups can be added while others are in flight, so
 * none waits for the slowest of an earlier batch. An enrollment has one group in the queue at a time,
 * which stays until its rows are deleted from the outbox. Deletions are batched: rows that were sent
 * during one deletion are deleted together by the next.
 */
export class DispatchQueue<Row extends DispatchRow> {
  readonly #options: DispatchQueueOptions<Row>;
  readonly #inside = new Map<string, Group<Row>>();
  #waiting: Group<Row>[] = [];
  #carried: Group<Row>[] = [];
  #calls = 0;
  #removing = false;
  #problem: 'away' | { readonly error: unknown } | undefined;
  #settled: (() => void)[] = [];

  constructor(options: DispatchQueueOptions<Row>) {
    this.#options = options;
  }

  /** Enrollments with rows in the queue. */
  get enrollments(): readonly string[] {
    return [...this.#inside.keys()];
  }

  /** Adds groups. While there is a problem, they are ignored and stay in the outbox. */
  add(groups: readonly Group<Row>[]): void {
    if (this.#problem !== undefined) return;
    for (const group of groups) this.#inside.set(group[0].enrollmentId, group);
    this.#waiting.push(...groups);
    this.#pump();
  }

  /** Resolves when the queue is empty. */
  async settled(): Promise<void> {
    if (this.#inside.size === 0) return;
    await new Promise<void>((resolve) => this.#settled.push(resolve));
  }

  /**
   * Whether Temporal was unavailable since the last call of this method. Clears the problem.
   *
   * @throws the error of the outbox since then, such as an unavailable database
   */
  isAway(): boolean {
    const problem = this.#problem;
    this.#problem = undefined;
    if (problem === undefined || problem === 'away') return problem === 'away';
    throw problem.error;
  }

  #pump(): void {
    while (this.#calls < this.#options.width && this.#problem === undefined) {
      const group = this.#waiting.shift();
      if (group === undefined) return;
      this.#calls++;
      void this.#carry(group).finally(() => {
        this.#calls--;
        this.#pump();
      });
    }
  }

  async #carry(group: Group<Row>): Promise<void> {
    try {
      const carried = await this.#options.carry(group);
      if (carried === 'away') this.#stop('away', [group]);
      else if (carried === 'done') {
        this.#carried.push(group);
        void this.#remove();
      } else {
        await this.#options.requeue(group, carried.refused);
        this.#leave([group]);
      }
    } catch (error) {
      this.#stop({ error }, [group]);
    }
  }

  async #remove(): Promise<void> {
    if (this.#removing) return;
    this.#removing = true;
    while (this.#carried.length > 0) {
      const groups = this.#carried;
      this.#carried = [];
      try {
        await this.#options.remove(groups.flatMap((group) => group.map(({ id }) => id)));
        this.#leave(groups);
      } catch (error) {
        this.#stop({ error }, groups); // they are sent again, and the duplicates have no effect
      }
    }
    this.#removing = false;
  }

  /** Drops the groups that were not sent yet; their rows are still in the outbox. */
  #stop(problem: 'away' | { readonly error: unknown }, groups: readonly Group<Row>[]): void {
    this.#problem ??= problem;
    const unsent = this.#waiting;
    this.#waiting = [];
    this.#leave([...groups, ...unsent]);
  }

  #leave(groups: readonly Group<Row>[]): void {
    for (const [{ enrollmentId }] of groups) this.#inside.delete(enrollmentId);
    this.#options.onDrained(groups);
    if (this.#inside.size > 0) return;
    for (const resolve of this.#settled.splice(0)) resolve();
  }
}
