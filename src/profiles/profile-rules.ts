import { createHash } from 'node:crypto';
import type { App } from '../app';
import type { Json } from '../domain/json';
import type { ProfileLimits } from '../domain/profile/profile';
import type { SegmentDefinition, Segments } from '../domain/segments/condition';

/** Everything besides customers' data that determines profiles and segments. */
export interface ProfileRules {
  readonly segments: Segments;
  readonly limits: ProfileLimits;
  /** The zone of customers without a time zone. */
  readonly defaultZone: string;
}

export function rulesOf({ segments = {}, policy }: Pick<App, 'segments' | 'policy'>): ProfileRules {
  const { currency, lifecycle, defaultZone } = policy;
  return {
    segments,
    limits: {
      ...(currency !== undefined && { currency }),
      ...(lifecycle !== undefined && { lifecycle }),
    },
    defaultZone,
  };
}

/** Increase it when the computation changes, so that every profile is backfilled. */
const VERSION = 1;

/** A hash of everything that can change the members of a segment. */
export function hashSegment(definition: SegmentDefinition, rules: ProfileRules): string {
  const { limits, defaultZone } = rules;
  return hash([VERSION, definition.where, limits, defaultZone] as unknown as Json);
}

/** A hash of all rules. */
export function hashRules(rules: ProfileRules): string {
  const segments = Object.entries(rules.segments).map(([name, definition]) => {
    return [name, hashSegment(definition, rules)] as const;
  });
  // `sortKeys` makes the hash independent of the order in which the code lists segments.
  const byName = Object.fromEntries(segments);
  return hash([VERSION, rules.limits, rules.defaultZone, byName] as unknown as Json);
}

function hash(value: Json): string {
  return createHash('sha256')
    .update(JSON.stringify(sortKeys(value)))
    .digest('hex')
    .slice(0, 32);
}

function sortKeys(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(sortKeys);
  const entries = Object.entries(value as Readonly<Record<string, Json>>);
  return entries
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, each]) => [name, sortKeys(each)]);
}
