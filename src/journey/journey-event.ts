import type { JsonObject } from '../domain/json';
import type { EventName, WorkflowProperties } from './register';

/** An event inside a workflow: an id, and the properties that may be in a history. */
export interface RoutedEvent {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970, when it happened. */
  readonly at: number;
  readonly properties: JsonObject;
  /** The message that the event is about, if any. */
  readonly of?: string;
}

/**
 * An event inside a workflow, typed by the catalogue: no personal properties, scalars only. For
 * several names it is a union that `name` discriminates.
 *
 * @example
 * function totalOf(event: JourneyEvent<'Order Completed'>): number {
 *   return event.properties.total ?? 0;
 * }
 */
export type JourneyEvent<E extends EventName = EventName> = E extends EventName
  ? Omit<RoutedEvent, 'name' | 'properties'> & {
      readonly name: E;
      readonly properties: WorkflowProperties<E>;
    }
  : never;
