import type { ChannelKind } from '../channel-kind';
import type { ConsentState } from '../consent/consent';
import type { Duration } from '../duration';
import type { ComputedTrait } from '../profile/computed';
import type { LifecycleStage } from '../profile/lifecycle';
import type { MoodLabel } from '../profile/mood';

export type Scalar = string | number | boolean;

/** A moment: ISO 8601, or so long before or after now. */
export type MomentBound = string | { readonly ago: Duration } | { readonly ahead: Duration };

/**
 * What a value must be; several keys must all hold. A value that is missing, or of another kind than
 * the one it is compared with, passes nothing but `exists: false`. Texts compare as texts.
 */
export interface ValueTest {
  readonly is?: Scalar;
  readonly isNot?: Scalar;
  readonly oneOf?: readonly Scalar[];
  readonly exists?: boolean;
  readonly atLeast?: number | string;
  readonly atMost?: number | string;
  readonly above?: number | string;
  readonly below?: number | string;
  /** The value is a moment, and later than this one. */
  readonly after?: MomentBound;
  /** The value is a moment, and this one or an earlier one. */
  readonly before?: MomentBound;
}

/**
 * A condition on one customer, as data: what `defineSegment` is made of. All of it is compiled to
 * SQL, and what it is compared with travels as parameters.
 */
export type Condition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'trait'; readonly trait: string; readonly test: ValueTest }
  | { readonly kind: 'computed'; readonly trait: ComputedTrait; readonly test: ValueTest }
  | { readonly kind: 'lifecycle'; readonly stages: readonly LifecycleStage[] }
  | { readonly kind: 'mood'; readonly moods: readonly MoodLabel[] }
  | {
      readonly kind: 'consent';
      readonly channel: ChannelKind;
      readonly purpose: string;
      readonly states: readonly ConsentState[];
    }
  | {
      readonly kind: 'event';
      readonly event: string;
      readonly where: Readonly<Record<string, ValueTest>>;
      readonly atLeast: number | null;
      readonly atMost: number | null;
      /** Counted from now back; null for ever. */
      readonly within: Duration | null;
    }
  | {
      readonly kind: 'prediction';
      readonly prediction: string;
      readonly test: ValueTest;
      /** An older prediction says nothing; null for any age. */
      readonly maxAge: Duration | null;
    };

/** Customers of whom a condition holds. */
export interface SegmentDefinition {
  readonly where: Condition;
  /** What it is for, for people. */
  readonly description?: string;
  /**
   * Whether customers whom a new or a changed definition finds at once count as entering (and those
   * whom a changed one loses as leaving). By default only what happens afterwards does, so that a
   * deployment starts no journey for everybody.
   */
  readonly announceFirst?: boolean;
}

export type Segments = Readonly<Record<string, SegmentDefinition>>;

/** Every condition inside of one, itself included. */
export function* conditionsIn(condition: Condition): Generator<Condition> {
  yield condition;
  if (condition.kind === 'not') yield* conditionsIn(condition.of);
  else if (condition.kind === 'all' || condition.kind === 'any') {
    for (const each of condition.of) yield* conditionsIn(each);
  }
}
