import { HASH_VERSION, unitInterval } from './hash';

/** An arm and the probability with which it was drawn, the weight for later estimates. */
export interface Assignment {
  readonly arm: string;
  /** In (0, 1]. */
  readonly propensity: number;
}

/**
 * Draws the arm of an experiment for one unit (a customer). The result is always the same for a
 * seed and a unit, in whatever order the arms are listed. Weights are relative; an arm of weight 0
 * is never chosen.
 *
 * @param draw.seed the experiment's seed; draws with different seeds are independent
 * @throws {RangeError} there is no arm, a weight is negative or not finite, or all weights are 0
 */
export function assign(draw: {
  readonly seed: string;
  readonly unit: string;
  readonly arms: Readonly<Record<string, number>>;
}): Assignment {
  const arms = Object.entries(draw.arms)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .filter(([arm, weight]) => isChosen(arm, weight, draw.seed));
  const total = arms.reduce((sum, [, weight]) => sum + weight, 0);
  const last = arms.at(-1);
  if (last === undefined) {
    throw new RangeError(
      `Found no arm of experiment "${draw.seed}" with a weight above 0; give at least one, such as { control: 1, variant: 1 }.`,
    );
  }
  if (!Number.isFinite(total)) {
    throw new RangeError(
      `Found weights of experiment "${draw.seed}" whose sum is not finite; give smaller ones.`,
    );
  }
  let point = unitInterval(HASH_VERSION, draw.seed, draw.unit) * total;
  for (const [arm, weight] of arms) {
    if (point < weight) return { arm, propensity: weight / total };
    point -= weight;
  }
  // Reached by rounding only: the point lies at the very end of the last arm.
  return { arm: last[0], propensity: last[1] / total };
}

/**
 * Whether a unit belongs to a holdout. A holdout that grows keeps all of its members.
 *
 * @param draw.share in [0, 1]
 * @throws {RangeError} the share is out of range
 */
export function inHoldout(draw: {
  readonly seed: string;
  readonly unit: string;
  readonly share: number;
}): boolean {
  if (!(draw.share >= 0 && draw.share <= 1)) {
    throw new RangeError(
      `Found a holdout of ${draw.share} for "${draw.seed}"; expected a share from 0 to 1, such as 0.05.`,
    );
  }
  // The prefix keeps the holdout independent of an experiment with the same seed.
  return unitInterval(HASH_VERSION, `holdout/${draw.seed}`, draw.unit) < draw.share;
}

function isChosen(arm: string, weight: number, seed: string): boolean {
  if (!Number.isFinite(weight) || weight < 0) {
    throw new RangeError(
      `Found the weight ${weight} of arm "${arm}" of experiment "${seed}"; expected a number of 0 or more.`,
    );
  }
  return weight > 0;
}
