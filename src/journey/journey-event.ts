import type { JsonObject } from '../domain/json';
import type { EventName, WorkflowProperties } from './register';

/** An event as a workflow holds it: an id, and the properties that may stand in a history. */
export interface RoutedEvent {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970, when it happened. */
  readonly at: number;
  readonly properties: JsonObject;
  /** The message that the event is about, where it is about one. */
  readonly of?: string;
}

/**
 * The same with its properties typed by the catalogue; of several events a union, told apart by
 * `name`.
 */
export type JourneyEvent<E extends EventName = EventName> = E extends EventName
  ? Omit<RoutedEvent, 'name' | 'properties'> & {
      readonly name: E;
      readonly properties: WorkflowProperties<E>;
    }
  : never;
