/** Some of `trials` independent cases in which something happened. */
export interface Proportion {
  readonly successes: number;
  readonly trials: number;
}

/** A difference with its 95 % confidence interval. */
export interface Difference {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** The quantile of the normal distribution for 95 %. */
const Z = 1.959963984540054;

/** @returns null without trials */
export function rateOf({ successes, trials }: Proportion): number | null {
  return trials === 0 ? null : successes / trials;
}

/**
 * The difference `rate(a) - rate(b)` of two independent proportions, with the score interval of
 * Newcombe (Statistics in Medicine 17:873, 1998, method 10). Unlike the normal approximation it
 * holds for rates near 0 and 1 and for few trials.
 *
 * @returns null without trials in one of them
 *
 * @example
 * differenceOf({ successes: 56, trials: 70 }, { successes: 48, trials: 80 });
 * // { estimate: 0.2, low: 0.0524, high: 0.3339 }
 */
export function differenceOf(a: Proportion, b: Proportion): Difference | null {
  const [rateA, rateB] = [rateOf(a), rateOf(b)];
  if (rateA === null || rateB === null) return null;
  const [scoreA, scoreB] = [wilson(rateA, a.trials), wilson(rateB, b.trials)];
  const estimate = rateA - rateB;
  return {
    estimate,
    low: estimate - Math.hypot(rateA - scoreA.low, scoreB.high - rateB),
    high: estimate + Math.hypot(scoreA.high - rateA, rateB - scoreB.low),
  };
}

/** Wilson's score interval of one proportion. */
function wilson(rate: number, trials: number): { readonly low: number; readonly high: number } {
  const z2 = Z * Z;
  const centre = 2 * trials * rate + z2;
  const spread = Z * Math.sqrt(z2 + 4 * trials * rate * (1 - rate));
  const scale = 2 * (trials + z2);
  return { low: (centre - spread) / scale, high: (centre + spread) / scale };
}
