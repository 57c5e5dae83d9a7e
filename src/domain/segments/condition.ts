import type { ChannelKind } from '../channels/channel-kind';
import type { ConsentState } from '../consent/consent';
import type { Duration } from '../duration';
import type { ComputedTrait } from '../profile/computed';
import type { LifecycleStage } from '../profile/lifecycle';
import type { MoodLabel } from '../profile/mood';

export type Scalar = string | number | boolean;

/** A time: ISO 8601, or relative to now. */
export type MomentBound = string | { readonly ago: Duration } | { readonly ahead: Duration };

/**
 * A test of a value; all keys must hold. A value that is missing, or has another type than the one
 * it is compared with, passes only `exists: false`. Texts are compared by code point.
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
  /** The value is a time later than this one. */
  readonly after?: MomentBound;
  /** The value is a time, not later than this one. */
  readonly before?: MomentBound;
}

/**
 * A condition on one customer, as data: the content of `defineSegment`. It is compiled to SQL; the
 * values to compare with are passed as parameters.
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
      /** The window that ends now; null for all time. */
      readonly within: Duration | null;
    }
  | {
      readonly kind: 'prediction';
      readonly prediction: string;
      readonly test: ValueTest;
      /** Older predictions are ignored; null for any age. */
      readonly maxAge: Duration | null;
    };

/** The customers for whom a condition holds. */
export interface SegmentDefinition {
  readonly where: Condition;
  /** What it is for, in words. */
  readonly description?: string;
  /**
   * Whether the first backfill of a new or changed definition emits `Segment Entered` and `Segment
   * Left`. By default it does not, so that a deployment does not start a journey for everybody.
   */
  readonly announceFirst?: boolean;
}

export type Segments = Readonly<Record<string, SegmentDefinition>>;

/** A condition and all conditions nested in it. */
export function* conditionsIn(condition: Condition): Generator<Condition> {
  yield condition;
  if (condition.kind === 'not') yield* conditionsIn(condition.of);
  else if (condition.kind === 'all' || condition.kind === 'any') {
    for (const each of condition.of) yield* conditionsIn(each);
  }
}
