/** Experiments and feature flags have separate names, seeds and records. */
export type AssignmentKind = 'experiment' | 'flag';

/** An arm that a journey's body obtained before a decision, with the probability of its draw. */
export interface Exposure {
  readonly kind: AssignmentKind;
  /** The name of the experiment or flag. */
  readonly name: string;
  /** `on` or `off` for a flag. */
  readonly arm: string;
  /** In (0, 1]. */
  readonly propensity: number;
}

/** The arms behind a message, by experiment; a flag is listed as `flag:NAME`. */
export type Variant = Readonly<Record<string, string>>;

/**
 * The variant of the message that a decision with these exposures creates.
 *
 * @example
 * variantOf([{ kind: 'experiment', name: 'cart-reminder', arm: 'warm', propensity: 0.5 }]);
 * // { 'cart-reminder': 'warm' }
 */
export function variantOf(exposures: readonly Exposure[]): Variant {
  return Object.fromEntries(exposures.map((each) => [seedOf(each.kind, each.name), each.arm]));
}

/** The seed of a draw. The prefix keeps a flag independent of an experiment of the same name. */
export function seedOf(kind: AssignmentKind, name: string): string {
  return kind === 'flag' ? `flag:${name}` : name;
}
