import type { RelayOutcome } from './relay-carrier';

export interface DispatchRow {
  readonly id: number;
  readonly enrollmentId: string;
  readonly attempts: number;
}

/** What waits for one enrollment, in order; it is carried in one call. */
export type Group<Row> = readonly [Row, ...Row[]];

export interface DispatchQueueOptions<Row> {
  /** How many calls are under way at a time. */
  readonly width: number;
  readonly carry: (group: Group<Row>) => Promise<RelayOutcome>;
  /** Takes rows that Temporal has taken out of the outbox. */
  readonly remove: (ids: readonly number[]) => Promise<void>;
  readonly requeue: (group: Group<Row>, error: string) => Promise<void>;
  /** Called when groups have left the flow, and when it cannot go on. */
  readonly onDrained: (groups: readonly Group<Row>[]) => void;
}

/**
 * Groups of rows on their way to Temporal. Others may join while some are under way, so that none
 * waits for the slowest of those before it; an enrollment has one group here at a time, which stays
 * until its rows are out of the outbox. Rows are taken out in groups: those that were carried while
 * an earlier lot was being deleted go together.
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

  /** Enrollments with rows in the flow. */
  get enrollments(): readonly string[] {
    return [...this.#inside.keys()];
  }

  /** Groups that come while there is a problem are left in the outbox. */
  add(groups: readonly Group<Row>[]): void {
    if (this.#problem !== undefined) return;
    for (const group of groups) this.#inside.set(group[0].enrollmentId, group);
    this.#waiting.push(...groups);
    this.#pump();
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    if (this.#inside.size === 0) return;
    await new Promise<void>((resolve) => this.#settled.push(resolve));
  }

  /**
   * Whether Temporal did not answer since the last look.
   *
   * @throws what the outbox refused since then, such as a database that is away
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
        this.#stop({ error }, groups); // they will be carried again, which does no harm
      }
    }
    this.#removing = false;
  }

  /** What has not been begun goes back to the outbox, where it still stands. */
  #stop(problem: 'away' | { readonly error: unknown }, groups: readonly Group<Row>[]): void {
    this.#problem ??= problem;
    const unbegun = this.#waiting;
    this.#waiting = [];
    this.#leave([...groups, ...unbegun]);
  }

  #leave(groups: readonly Group<Row>[]): void {
    for (const [{ enrollmentId }] of groups) this.#inside.delete(enrollmentId);
    this.#options.onDrained(groups);
    if (this.#inside.size > 0) return;
    for (const resolve of this.#settled.splice(0)) resolve();
  }
}
