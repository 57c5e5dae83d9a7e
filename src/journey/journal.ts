import { CancellationScope, condition } from '@temporalio/workflow';

/** One finished step: its number in the order of calls, its kind, and its result (absent where it has none). */
export type JournalEntry = readonly [number: number, kind: string, result?: unknown];

/**
 * The results of the steps that earlier runs of this enrollment finished. When a history grows
 * long, the workflow continues as new with its journal; the body then runs again from the top, and
 * each step that stands in the journal returns what it returned before, without doing anything.
 * So a journey with an endless loop needs no code for it.
 *
 * Entries stand in the order in which steps finished, and are given back in that order, so that a
 * body that runs steps side by side takes the same branches again.
 */
export class Journal {
  readonly #entries: JournalEntry[];
  readonly #recalled: number;
  readonly #byNumber: ReadonlyMap<number, JournalEntry>;
  readonly #waiting = new Map<number, (entry: JournalEntry) => void>();
  #cursor = 0;
  #calls = 0;
  #givingBack = false;

  constructor(carried: readonly JournalEntry[]) {
    this.#entries = [...carried];
    this.#recalled = carried.length;
    this.#byNumber = new Map(carried.map((entry) => [entry[0], entry]));
  }

  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  /** The number of the step that is being called now. */
  nextNumber(): number {
    return this.#calls++;
  }

  /** The remembered result of a step, or undefined where it has to be done. */
  recall(number: number, kind: string): Promise<{ readonly result: unknown }> | undefined {
    const known = this.#byNumber.get(number);
    if (known === undefined) return undefined;
    if (known[1] !== kind) {
      // Not a TemporalFailure: it fails the workflow task, which waits for the code to be mended.
      throw new Error(
        `Step ${number} of this journey was ${known[1]} before it was continued as new and is ${kind} now; the body changed in a way that running enrollments cannot follow. Restore the order of its steps, or guard the change with j.patched().`,
      );
    }
    return new Promise((resolve) => {
      this.#waiting.set(number, (entry) => resolve({ result: entry[2] }));
      void this.#releaseClaim();
    });
  }

  record(number: number, kind: string, result: unknown): void {
    this.#entries.push(result === undefined ? [number, kind] : [number, kind, result]);
  }

  /**
   * Between two results everything that the first one leads to is done, or else two that come
   * back at once could reach the body in the order of their calls.
   */
  async #releaseClaim(): Promise<void> {
    if (this.#givingBack) return;
    this.#givingBack = true;
    for (; this.#cursor < this.#recalled; this.#cursor++) {
      const entry = this.#entries[this.#cursor];
      const resolve = entry && this.#waiting.get(entry[0]);
      if (entry === undefined || resolve === undefined) break;
      this.#waiting.delete(entry[0]);
      resolve(entry);
      if (this.#waiting.size > 0) await everythingThatFollows();
    }
    this.#givingBack = false;
  }
}

/** Conditions are looked at again only once no code of the workflow is left to run. */
function everythingThatFollows(): Promise<void> {
  let asked = false;
  const settled = CancellationScope.nonCancellable(() => condition(() => asked));
  asked = true;
  return settled;
}
