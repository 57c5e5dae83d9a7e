/** What a run showed. All but the first and `repeated` must be 0. */
export interface Figures {
  /** Events that were answered 200. */
  readonly accepted: number;
  /** Accepted events that are not stored, or had no effect. */
  readonly lost: number;
  /** Events that are stored more than once. */
  readonly storedTwice: number;
  /** Marketing mails that the mail server took once more. */
  readonly marketingTwice: number;
  /** Transactional mails that the mail server took once more. */
  readonly repeated: number;
  /** Those of them that did not say so, or came under another Message-ID. */
  readonly unmarked: number;
  /** Those of them though the outcome of the attempt before was known. */
  readonly uncaused: number;
  /** Events that are stored or were seen by a journey in another order. */
  readonly outOfOrder: number;
  /** Enrollments that are missing, too many, or ended elsewhere than without faults. */
  readonly astray: number;
}

/** Collects what is wrong, each with a sentence, and counts it under its figure. */
export interface Findings {
  add(figure: keyof Omit<Figures, 'accepted'>, sentence: string, times?: number): void;
}

/** One finding that breaks a promise, or a repeat that is allowed. */
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
    astray: 0,
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

/** Whether every promise held. */
export function isProven(figures: Figures): boolean {
  const { accepted, repeated: _allowed, ...violations } = figures;
  return accepted > 0 && Object.values(violations).every((count) => count === 0);
}

/** The one line with which a run ends. */
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
    `enrollments astray ${figures.astray}`,
  ].join(', ');
}
