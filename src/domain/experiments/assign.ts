import { unitInterval } from './hash';

/** What a customer was given, and how probable that was: the weight for later estimates. */
export interface Assignment {
  readonly arm: string;
  /** In (0, 1]. */
  readonly propensity: number;
}

/**
 * The arm of an experiment for one unit (a customer): the same at every call, for any order in
 * which the arms are written. Weights are relative; an arm of weight 0 is never chosen.
 *
 * @param draw.seed the experiment's; another seed is another, independent draw
 * @throws {RangeError} no arm, or a weight that is negative or not finite, or only weights of 0
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
  let rest = unitInterval(1, draw.seed, draw.unit) * total;
  for (const [arm, weight] of arms) {
    if (rest < weight) return { arm, propensity: weight / total };
    rest -= weight;
  }
  // Only rounding leads here: the point lay within the last arm's outermost edge.
  return { arm: last[0], propensity: last[1] / total };
}

/**
 * Whether a unit belongs to a holdout. A greater share keeps everybody whom the smaller one held.
 *
 * @param draw.share in [0, 1]
 * @throws {RangeError} the share lies outside
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
  // A seed of its own: an experiment of the same name must not fall together with the holdout.
  return unitInterval(1, `holdout/${draw.seed}`, draw.unit) < draw.share;
}

function isChosen(arm: string, weight: number, seed: string): boolean {
  if (!Number.isFinite(weight) || weight < 0) {
    throw new RangeError(
      `Found the weight ${weight} of arm "${arm}" of experiment "${seed}"; expected a number of 0 or more.`,
    );
  }
  return weight > 0;
}
