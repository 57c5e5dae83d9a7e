import type { Duration } from '../domain/duration';
import type { JsonObject } from '../domain/json';
import type { TraitFilter } from '../domain/schedule/trait-filter';
import type { EventName, EventProperties, SegmentName } from './register';

/**
 * A full event, as the functions of a trigger receive it at ingest.
 *
 * @example
 * const isLarge = (event: TriggerEvent<'Order Completed'>) => (event.properties.total ?? 0) > 100;
 * export const thank = defineJourney({ trigger: on('Order Completed', { where: isLarge }) }, async (j) => {
 *   await j.task('thank', { title: 'Say thank you' });
 * });
 */
export interface TriggerEvent<E extends EventName> {
  readonly id: string;
  readonly name: E;
  readonly occurredAt: Date;
  readonly properties: EventProperties<E>;
}

/** An event as a trigger's functions receive it, without its type. */
export interface UntypedTriggerEvent {
  readonly id: string;
  readonly name: string;
  readonly occurredAt: Date;
  readonly properties: JsonObject;
}

/**
 * An event that starts or ends enrollments; made by `on`.
 *
 * @example
 * const ordered: EventTrigger<'Order Completed'> = on('Order Completed');
 */
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

/**
 * What enrolls customers in a journey: an event, a request, or a schedule.
 *
 * @example
 * const triggers: readonly Trigger[] = [on('Cart Updated'), onRequest(), onSchedule('0 9 * * MON')];
 */
export type Trigger = EventTrigger | RequestTrigger | ScheduleTrigger;

/**
 * Narrows an event trigger.
 *
 * @example
 * const options: OnOptions<'Cart Updated'> = { key: (event) => event.properties.cart_id };
 */
export interface OnOptions<E extends EventName> {
  /** Accepts an event. Runs at ingest, outside the workflow; must be pure. */
  readonly where?: (event: TriggerEvent<E>) => boolean;
  /**
   * What the enrollment is about, such as a cart id: a customer has at most one active enrollment
   * per key, and an exit or goal must have the same key. An event without a key is ignored. Without
   * this function the key is empty.
   */
  readonly key?: (event: TriggerEvent<E>) => string | null | undefined;
  /** For goals: how long after entry the event counts. Default 30 days. */
  readonly within?: Duration;
}

/**
 * Names an event of the catalogue as a trigger, exit, goal or subscription.
 *
 * @example
 * const trigger = on('Cart Updated', { key: (e) => e.properties.cart_id });
 */
export function on<const E extends EventName>(
  event: E,
  options: OnOptions<E> = {},
): EventTrigger<E> {
  // The functions are called only with events of this name, so the erased type is sound.
  return { kind: 'event', event, ...options } as EventTrigger<E>;
}

/**
 * Enrolls customers on request: by `POST /v1/journeys/NAME/enrollments` or `j.enroll`.
 *
 * @example
 * export const onDemand = defineJourney({ trigger: onRequest() }, async (j) => {
 *   await j.send('onboarding-welcome', { purpose: 'tips', via: ['email'] });
 * });
 */
export function onRequest(): RequestTrigger {
  return { kind: 'request' };
}

/**
 * Enrolls customers each time the recurrence is due: those whose traits match the filter and who are
 * in the segment, if one is given.
 *
 * @param recurrence a cron expression (`'0 9 * * MON'`) or an RRULE (`'FREQ=MONTHLY;BYMONTHDAY=1'`)
 * @param options `zone`: the time zone of the recurrence, default UTC
 * @example
 * const mondays = onSchedule('0 9 * * MON', { zone: 'Europe/Berlin', filter: { plan: 'gold' } });
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
