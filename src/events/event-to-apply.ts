import type { RoutingScope } from '../domain/events/routing-scope';
import type { JsonObject } from '../domain/json';
import type { StoredEvent } from './stored-event';

/** The customer and the enrollment whose message an event is about. */
export interface MessageOwner {
  readonly customerId: string;
  readonly enrollmentId: string;
}

/** An event and the data that is needed to apply it. */
export interface EventToApply {
  readonly event: StoredEvent;
  /** Traits that the event sets on its customer. */
  readonly traits: JsonObject;
  /** Set if the event is about one of our messages. */
  readonly owner: MessageOwner | undefined;
  readonly scope: RoutingScope;
}

/** An event with its sequence number, and the names of the traits that it changed. */
export interface SequencedEvent extends EventToApply {
  readonly changedTraits: readonly string[];
}
