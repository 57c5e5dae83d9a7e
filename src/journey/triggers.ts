import type { Duration } from '../domain/duration';
import type { JsonObject } from '../domain/json';
import type { TraitFilter } from '../domain/schedule/trait-filter';
import type { EventName, EventProperties, SegmentName } from './register';

/** A full event, as a trigger's functions see it at ingest. */
export interface TriggerEvent<E extends EventName> {
  readonly id: string;
  readonly name: E;
  readonly occurredAt: Date;
  readonly properties: EventProperties<E>;
}

/** What a trigger's functions take once their event's type is erased. */
export interface UntypedTriggerEvent {
  readonly id: string;
  readonly name: string;
  readonly occurredAt: Date;
  readonly properties: JsonObject;
}

export interface EventTrigger<E extends string = string> {
  readonly kind: 'event';
  readonly event: E;
  readonly where?: (event: UntypedTriggerEvent) => boolean;
  readonly key?: (event: UntypedTriggerEvent) => string | null | undefined;
  readonly within?: Duration;
}

export interface RequestTrigger {
  readonly kind: 'request';
}

export interface ScheduleTrigger {
  readonly kind: 'schedule';
  readonly recurrence: string;
  readonly zone: string;
  readonly filter: TraitFilter;
  readonly segment?: string;
}

export type Trigger = EventTrigger | RequestTrigger | ScheduleTrigger;

export interface OnOptions<E extends EventName> {
  /** Only events for which this holds. Runs at ingest, outside the workflow; must be pure. */
  readonly where?: (event: TriggerEvent<E>) => boolean;
  /**
   * What the enrollment is about, such as a cart's id: one enrollment for each key, and on an exit
   * or goal the event must carry the key of the enrollment. An event without a key does not count.
   * Where the trigger names no key at all, the key is empty.
   */
  readonly key?: (event: TriggerEvent<E>) => string | null | undefined;
  /** For goals: how long after the entry the event counts. Default 30 days. */
  readonly within?: Duration;
}

/**
 * Names an event of the catalogue, as a trigger, an exit, a goal or something to listen to.
 *
 * @example on('Cart Updated', { key: (e) => e.properties.cart_id })
 */
export function on<const E extends EventName>(
  event: E,
  options: OnOptions<E> = {},
): EventTrigger<E> {
  // The functions are called only with events of this name, so the erased type is sound.
  return { kind: 'event', event, ...options } as EventTrigger<E>;
}

/** Customers enter by `POST /v1/journeys/NAME/enrollments` or by `j.enroll`. */
export function onRequest(): RequestTrigger {
  return { kind: 'request' };
}

/**
 * Customers whose traits pass the filter, and who are in the segment where one is named, enter each
 * time the recurrence is due.
 *
 * @param recurrence a cron expression (`'0 9 * * MON'`) or an RRULE (`'FREQ=MONTHLY;BYMONTHDAY=1'`)
 * @param options `zone`: the time zone of the recurrence, default UTC
 */
export function onSchedule(
  recurrence: string,
  options: {
    readonly zone?: string;
    readonly filter?: TraitFilter;
    readonly segment?: SegmentName;
  } = {},
): ScheduleTrigger {
  return {
    kind: 'schedule',
    recurrence,
    zone: options.zone ?? 'UTC',
    filter: options.filter ?? {},
    ...(options.segment !== undefined && { segment: options.segment }),
  };
}
