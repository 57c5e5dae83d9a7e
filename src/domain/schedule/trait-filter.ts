import type { JsonObject } from '../json';

type Scalar = string | number | boolean;

/** A condition on one trait; all keys must hold. */
export interface TraitCondition {
  readonly exists?: boolean;
  readonly atLeast?: number | string;
  readonly atMost?: number | string;
  readonly not?: Scalar;
}

/** By trait: a value, one of several values, or a condition. All must hold. */
export type TraitFilter = Readonly<Record<string, Scalar | readonly Scalar[] | TraitCondition>>;

/** Texts compare as texts, so ISO dates sort as dates. A missing trait passes only `exists: false`. */
export function matchesTraits(filter: TraitFilter, traits: JsonObject): boolean {
  return Object.entries(filter).every(([name, wanted]) => matches(wanted, traits[name]));
}

function matches(wanted: TraitFilter[string], found: unknown): boolean {
  if (typeof wanted !== 'object') return found === wanted;
  if (isList(wanted)) return wanted.some((value) => value === found);
  const condition = wanted;
  const present = found !== undefined && found !== null;
  if (condition.exists !== undefined && condition.exists !== present) return false;
  if (!present) return condition.exists === false;
  if (condition.not !== undefined && found === condition.not) return false;
  if (condition.atLeast !== undefined && !ordered(condition.atLeast, found)) return false;
  return condition.atMost === undefined || ordered(found, condition.atMost);
}

function isList(wanted: readonly Scalar[] | TraitCondition): wanted is readonly Scalar[] {
  return Array.isArray(wanted);
}

function ordered(low: unknown, high: unknown): boolean {
  if (typeof low === 'number' && typeof high === 'number') return low <= high;
  if (typeof low === 'string' && typeof high === 'string') return low <= high;
  return false; // values of different types are not ordered
}
