import type { ChannelKind } from '../domain/channels/channel-kind';
import type { ConsentState } from '../domain/consent/consent';
import type { Duration } from '../domain/duration';
import type { Personal } from '../domain/events/personal';
import type { ComputedTrait, ComputedTraits } from '../domain/profile/computed';
import type { LifecycleStage } from '../domain/profile/lifecycle';
import type { MoodLabel } from '../domain/profile/mood';
import type {
  Condition,
  MomentBound,
  Scalar,
  SegmentDefinition,
  ValueTest,
} from '../domain/segments/condition';
import type {
  Catalogue,
  EventName,
  EventProperties,
  JourneyPurpose,
  SegmentName,
} from './register';
import type { z } from 'zod';
import type { EventTrigger } from './triggers';

type Present<T> = Exclude<T, null | undefined>;

/**
 * The tests that a value of this type supports.
 *
 * @example
 * const large: TestOf<number> = { atLeast: 100 };
 */
export type TestOf<V> = [Present<V>] extends [Scalar]
  ? [Present<V>] extends [number]
    ? Pick<ValueTest, 'exists' | 'atLeast' | 'atMost' | 'above' | 'below'> & {
        readonly is?: number;
        readonly isNot?: number;
        readonly oneOf?: readonly number[];
        readonly after?: MomentBound;
        readonly before?: MomentBound;
      }
    : [Present<V>] extends [boolean]
      ? { readonly is?: boolean; readonly isNot?: boolean; readonly exists?: boolean }
      : [Present<V>] extends [string]
        ? {
            readonly is?: Unbranded<V>;
            readonly isNot?: Unbranded<V>;
            readonly oneOf?: readonly Unbranded<V>[];
            readonly exists?: boolean;
            readonly atLeast?: string;
            readonly atMost?: string;
            readonly above?: string;
            readonly below?: string;
            readonly after?: MomentBound;
            readonly before?: MomentBound;
          }
        : ValueTest
  : Pick<ValueTest, 'exists'>;

/** A personal text is compared with plain texts; a union of literals stays one. */
type Unbranded<V> = Present<V> extends Personal<string> ? string : Present<V>;

/** The names that a type declares, without the index signature of a loose object. */
type Declared<T> = keyof {
  [K in keyof T as string extends K ? never : number extends K ? never : K]: T[K];
} &
  string;

type Traits = z.output<Catalogue['traits']>;

/**
 * Narrows `did`.
 *
 * @example
 * const options: DidOptions<'Order Completed'> = { atLeast: 2, within: '90 days' };
 */
export interface DidOptions<E extends EventName> {
  /** Only events whose properties pass all of these tests. */
  readonly where?: {
    readonly [K in Declared<EventProperties<E>>]?: TestOf<EventProperties<E>[K]>;
  };
  /** Default 1, unless `atMost` is given. */
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Only events within this window, which ends now. */
  readonly within?: Duration;
}

/**
 * Declares a segment: the customers for whom a condition holds. It is kept up to date as events
 * arrive and time passes; `Segment Entered` and `Segment Left` report changes.
 *
 * @example
 * export const keenWithoutPush = defineSegment({
 *   where: all(
 *     did('Order Completed', { atLeast: 2, within: '90 days' }),
 *     never('Message Opened', { where: { channel: { is: 'push' } } }),
 *   ),
 * });
 */
export function defineSegment(definition: SegmentDefinition): SegmentDefinition {
  return definition;
}

/**
 * All conditions hold.
 *
 * @example
 * const where = all(trait('plan', { is: 'gold' }), did('Order Completed'));
 */
export function all(...of: readonly Condition[]): Condition {
  return { kind: 'all', of };
}

/**
 * At least one condition holds.
 *
 * @example
 * const where = any(lifecycle('loyal'), computed('spend', { atLeast: 500 }));
 */
export function any(...of: readonly Condition[]): Condition {
  return { kind: 'any', of };
}

/**
 * The condition does not hold.
 *
 * @example
 * const where = not(did('Order Completed', { within: '7 days' }));
 */
export function not(of: Condition): Condition {
  return { kind: 'not', of };
}

/**
 * Tests a trait of the customer. Personal traits are allowed: no value enters a workflow.
 *
 * @example
 * const where = trait('email', { exists: true });
 */
export function trait<const T extends Declared<Traits>>(
  name: T,
  test: TestOf<Traits[T]>,
): Condition {
  return { kind: 'trait', trait: name, test };
}

/**
 * Tests a trait that is computed from the customer's events, such as `orders` or `spend`.
 *
 * @example
 * const where = computed('spend', { atLeast: 500 });
 */
export function computed<const T extends Exclude<ComputedTrait, 'spendByCurrency'>>(
  name: T,
  test: TestOf<ComputedTraits[T]>,
): Condition {
  return { kind: 'computed', trait: name, test };
}

/**
 * The customer is in one of these lifecycle stages.
 *
 * @example
 * const where = lifecycle('at risk', 'lapsed');
 */
export function lifecycle(...stages: readonly LifecycleStage[]): Condition {
  return { kind: 'lifecycle', stages };
}

/**
 * The customer's recent feedback has one of these moods. A customer without feedback has none.
 *
 * @example
 * const where = mood('unhappy');
 */
export function mood(...moods: readonly MoodLabel[]): Condition {
  return { kind: 'mood', moods };
}

/**
 * The customer's consent to a purpose on a channel has one of these states; default `subscribed`.
 *
 * @example
 * const where = consent('email', 'offers', 'subscribed', 'pending');
 */
export function consent(
  channel: ChannelKind,
  purpose: Exclude<JourneyPurpose, 'transactional'>,
  ...states: readonly ConsentState[]
): Condition {
  return {
    kind: 'consent',
    channel,
    purpose,
    states: states.length === 0 ? ['subscribed'] : states,
  };
}

/**
 * The customer did something, or something happened to their messages, this often.
 *
 * @example
 * const where = did('Order Completed', { where: { total: { atLeast: 100 } }, within: '90 days' });
 */
export function did<const E extends EventName>(event: E, options: DidOptions<E> = {}): Condition {
  const { atLeast, atMost, within, where } = options;
  return {
    kind: 'event',
    event,
    where: (where ?? {}) as Readonly<Record<string, ValueTest>>,
    atLeast: atLeast ?? (atMost === undefined ? 1 : null),
    atMost: atMost ?? null,
    within: within ?? null,
  };
}

/**
 * The event did not happen, or not within a window.
 *
 * @example
 * const where = never('Message Opened', { within: '30 days' });
 */
export function never<const E extends EventName>(
  event: E,
  options: Omit<DidOptions<E>, 'atLeast' | 'atMost'> = {},
): Condition {
  return did(event, { ...options, atMost: 0 });
}

/**
 * Tests a prediction about the customer, such as their churn risk.
 *
 * @example
 * const where = prediction('churn-risk', { atLeast: 0.7 }, { maxAge: '30 days' });
 */
export function prediction(
  name: string,
  test: TestOf<number>,
  options: { readonly maxAge?: Duration } = {},
): Condition {
  return { kind: 'prediction', prediction: name, test, maxAge: options.maxAge ?? null };
}

/**
 * The event that a customer entered a segment, as a trigger, exit, goal or subscription.
 *
 * @example
 * const trigger = onSegmentEntered('atRisk');
 */
export function onSegmentEntered(segment: SegmentName): EventTrigger<'Segment Entered'> {
  return ofSegment('Segment Entered', segment);
}

/**
 * The event that a customer left a segment.
 *
 * @example
 * const exit = [onSegmentLeft('atRisk')];
 */
export function onSegmentLeft(segment: SegmentName): EventTrigger<'Segment Left'> {
  return ofSegment('Segment Left', segment);
}

function ofSegment<E extends string>(event: E, segment: string): EventTrigger<E> {
  return { kind: 'event', event, where: ({ properties }) => properties['segment'] === segment };
}
