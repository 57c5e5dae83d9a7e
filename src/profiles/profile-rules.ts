import { createHash } from 'node:crypto';
import type { App } from '../app';
import type { Json } from '../domain/json';
import type { ProfileLimits } from '../domain/profile/profile';
import type { SegmentDefinition, Segments } from '../domain/segments/condition';

/** By what profiles and segments are computed. */
export interface ProfileRules {
  readonly segments: Segments;
  readonly limits: ProfileLimits;
  /** The zone of customers who have told none. */
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

/** To be raised when profiles are computed otherwise, so that everybody's is computed anew. */
const VERSION = 1;

/** What a segment is recognised by; it changes with everything that may change who is in it. */
export function segmentHash(definition: SegmentDefinition, rules: ProfileRules): string {
  const { limits, defaultZone } = rules;
  return hash([VERSION, definition.where, limits, defaultZone] as unknown as Json);
}

/** What all rules together are recognised by. */
export function rulesHash(rules: ProfileRules): string {
  const segments = Object.entries(rules.segments).map(([name, definition]) => {
    return [name, segmentHash(definition, rules)] as const;
  });
  // An object, whose names are hashed in one order, however the code lists them.
  const byName = Object.fromEntries(segments);
  return hash([VERSION, rules.limits, rules.defaultZone, byName] as unknown as Json);
}

function hash(value: Json): string {
  return createHash('sha256')
    .update(JSON.stringify(inOrder(value)))
    .digest('hex')
    .slice(0, 32);
}

function inOrder(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(inOrder);
  const entries = Object.entries(value as Readonly<Record<string, Json>>);
  return entries
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, each]) => [name, inOrder(each)]);
}
