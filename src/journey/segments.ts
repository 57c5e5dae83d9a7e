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

/** The tests that make sense for a value of this type. */
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

/** A personal text may be compared with plain ones; a union of literals stays one. */
type Unbranded<V> = Present<V> extends Personal<string> ? string : Present<V>;

/** The names that a type declares, without the index signature of a loose object. */
type Declared<T> = keyof {
  [K in keyof T as string extends K ? never : number extends K ? never : K]: T[K];
} &
  string;

type Traits = z.output<Catalogue['traits']>;

export interface DidOptions<E extends EventName> {
  /** Only events whose properties pass all of these. */
  readonly where?: {
    readonly [K in Declared<EventProperties<E>>]?: TestOf<EventProperties<E>[K]>;
  };
  /** Default 1, unless `atMost` is given. */
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Only those that happened so long ago or later. */
  readonly within?: Duration;
}

/**
 * Declares a segment: the customers of whom a condition holds. It is kept up to date as events
 * arrive and time passes; `Segment Entered` and `Segment Left` say so.
 *
 * @example
 * export const keenButNoPush = defineSegment({
 *   where: all(did('Order Completed', { atLeast: 2, within: '90 days' }), never('Message Opened', { where: { channel: { is: 'push' } } })),
 * });
 */
export function defineSegment(definition: SegmentDefinition): SegmentDefinition {
  return definition;
}

/** All of these hold. */
export function all(...of: readonly Condition[]): Condition {
  return { kind: 'all', of };
}

/** At least one of these holds. */
export function any(...of: readonly Condition[]): Condition {
  return { kind: 'any', of };
}

export function not(of: Condition): Condition {
  return { kind: 'not', of };
}

/** What is known of the customer, personal traits included: nothing of it enters a workflow. */
export function trait<const T extends Declared<Traits>>(
  name: T,
  test: TestOf<Traits[T]>,
): Condition {
  return { kind: 'trait', trait: name, test };
}

/** What the customer's events come to, such as `orders` or `spend`. */
export function computed<const T extends Exclude<ComputedTrait, 'spendByCurrency'>>(
  name: T,
  test: TestOf<ComputedTraits[T]>,
): Condition {
  return { kind: 'computed', trait: name, test };
}

export function lifecycle(...stages: readonly LifecycleStage[]): Condition {
  return { kind: 'lifecycle', stages };
}

/** How the customer's feedback sounds lately; nobody who gave none has a mood. */
export function mood(...moods: readonly MoodLabel[]): Condition {
  return { kind: 'mood', moods };
}

/** The consent that holds for a channel and a purpose; default `subscribed`. */
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

/** How often the customer did something, or something happened to their messages. */
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

/** Not once, or not once within a window. */
export function never<const E extends EventName>(
  event: E,
  options: Omit<DidOptions<E>, 'atLeast' | 'atMost'> = {},
): Condition {
  return did(event, { ...options, atMost: 0 });
}

/** What was predicted of the customer, such as their risk to leave. */
export function prediction(
  name: string,
  test: TestOf<number>,
  options: { readonly maxAge?: Duration } = {},
): Condition {
  return { kind: 'prediction', prediction: name, test, maxAge: options.maxAge ?? null };
}

/**
 * The event that a customer has come into a segment, as a trigger, an exit, a goal or something to
 * listen to.
 *
 * @example defineJourney({ trigger: onSegmentEntered('atRisk'), exit: [onSegmentLeft('atRisk')] }, …)
 */
export function onSegmentEntered(segment: SegmentName): EventTrigger<'Segment Entered'> {
  return ofSegment('Segment Entered', segment);
}

/** The event that a customer has left a segment. */
export function onSegmentLeft(segment: SegmentName): EventTrigger<'Segment Left'> {
  return ofSegment('Segment Left', segment);
}

function ofSegment<E extends string>(event: E, segment: string): EventTrigger<E> {
  return { kind: 'event', event, where: ({ properties }) => properties['segment'] === segment };
}
