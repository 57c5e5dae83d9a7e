/** The figures of a run. All except `accepted` and `repeated` must be 0. */
export interface Figures {
  /** Events that were answered with 200. */
  readonly accepted: number;
  /** Accepted events that are not stored, or had no effect. */
  readonly lost: number;
  /** Events that are stored more than once. */
  readonly storedTwice: number;
  /** Repeats of marketing mails that the mail server accepted. */
  readonly marketingTwice: number;
  /** Repeats of transactional mails that the mail server accepted. */
  readonly repeated: number;
  /** Repeats that were not marked, or had another Message-ID. */
  readonly unmarked: number;
  /** Repeats although the outcome of the previous attempt was known. */
  readonly uncaused: number;
  /** Events that were stored, or received by a journey, in another order. */
  readonly outOfOrder: number;
  /** Enrollments that are missing, unexpected, or ended otherwise than without faults. */
  readonly mismatched: number;
}

/** Collects findings, each with a sentence, and counts them by figure. */
export interface Findings {
  add(figure: keyof Omit<Figures, 'accepted'>, sentence: string, times?: number): void;
}

/** A violation of a guarantee, or a repeat that is allowed. */
export interface Counted extends Findings {
  readonly figures: Omit<Figures, 'accepted'>;
  /** The first sentences of each figure. */
  readonly sentences: readonly string[];
}

const MAX_SENTENCES = 10;

export function countFindings(): Counted {
  const figures = {
    lost: 0,
    storedTwice: 0,
    marketingTwice: 0,
    repeated: 0,
    unmarked: 0,
    uncaused: 0,
    outOfOrder: 0,
    mismatched: 0,
  };
  const sentences: string[] = [];
  return {
    figures,
    sentences,
    add(figure, sentence, times = 1) {
      if (figure !== 'repeated' && figures[figure] < MAX_SENTENCES) sentences.push(sentence);
      figures[figure] += times;
    },
  };
}

/** Whether every guarantee held. */
export function isProven(figures: Figures): boolean {
  const { accepted, repeated: _allowed, ...violations } = figures;
  return accepted > 0 && Object.values(violations).every((count) => count === 0);
}

/** The last line of the output of a run. */
export function lineOf(seed: number, figures: Figures): string {
  const { accepted, lost, storedTwice, marketingTwice, repeated, unmarked, uncaused } = figures;
  return [
    `faults: seed ${seed}`,
    `accepted ${accepted}`,
    `lost ${lost}`,
    `stored twice ${storedTwice}`,
    `marketing twice ${marketingTwice}`,
    `repeated ${repeated} (of them unmarked ${unmarked}, without cause ${uncaused})`,
    `out of order ${figures.outOfOrder}`,
    `mismatched enrollments ${figures.mismatched}`,
  ].join(', ');
}
