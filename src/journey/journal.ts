import { CancellationScope, condition } from '@temporalio/workflow';

/** One finished step: its position in the sequence of calls, its kind, and its result, if any. */
export type JournalEntry = readonly [number: number, kind: string, result?: unknown];

/**
 * The results of the steps that earlier runs of this enrollment finished. When its history is long,
 * the workflow continues as new with its journal. The body then runs again from its first line, and
 * each step in the journal returns its recorded result without doing anything, so that a journey
 * with an endless loop needs no special code (docs/adr/0004-replay-a-journal-across-continue-as-new.md).
 *
 * Results are replayed in the order in which the steps finished, so that a body with concurrent
 * steps takes the same branches again.
 */
export class Journal {
  readonly #entries: JournalEntry[];
  readonly #recalled: number;
  readonly #byNumber: ReadonlyMap<number, JournalEntry>;
  readonly #waiting = new Map<number, (entry: JournalEntry) => void>();
  #cursor = 0;
  #calls = 0;
  #replaying = false;

  constructor(carried: readonly JournalEntry[]) {
    this.#entries = [...carried];
    this.#recalled = carried.length;
    this.#byNumber = new Map(carried.map((entry) => [entry[0], entry]));
  }

  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  /** Allocates the number of the step that is being called. */
  nextNumber(): number {
    return this.#calls++;
  }

  /** The recorded result of a step, or undefined if it has to run. */
  recall(number: number, kind: string): Promise<{ readonly result: unknown }> | undefined {
    const known = this.#byNumber.get(number);
    if (known === undefined) return undefined;
    if (known[1] !== kind) {
      // Not a TemporalFailure: it fails the workflow task, which is retried until the code is fixed.
      throw new Error(
        `Step ${number} of this journey is '${kind}', but was '${known[1]}' before it continued as new. Restore the order of the steps, or guard the change with j.patched().`,
      );
    }
    return new Promise((resolve) => {
      this.#waiting.set(number, (entry) => resolve({ result: entry[2] }));
      void this.#replay();
    });
  }

  record(number: number, kind: string, result: unknown): void {
    this.#entries.push(result === undefined ? [number, kind] : [number, kind, result]);
  }

  /**
   * Returns recorded results one at a time. Everything that one result leads to runs before the next
   * is returned; otherwise two could reach the body in the order of their calls.
   */
  async #replay(): Promise<void> {
    if (this.#replaying) return;
    this.#replaying = true;
    for (; this.#cursor < this.#recalled; this.#cursor++) {
      const entry = this.#entries[this.#cursor];
      const resolve = entry && this.#waiting.get(entry[0]);
      if (entry === undefined || resolve === undefined) break;
      this.#waiting.delete(entry[0]);
      resolve(entry);
      if (this.#waiting.size > 0) await bodyIsIdle();
    }
    this.#replaying = false;
  }
}

/** Temporal evaluates conditions only once no code of the workflow is left to run. */
function bodyIsIdle(): Promise<void> {
  let evaluated = false;
  const settled = CancellationScope.nonCancellable(() => condition(() => evaluated));
  evaluated = true;
  return settled;
}
