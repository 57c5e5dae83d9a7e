import { isJsonObject, type JsonObject } from '../domain/json';

/** An event as it was stored: in its customer's order, with everything that was sent. */
export interface StoredEvent {
  readonly id: string;
  readonly customerId: string | null;
  /** Rises with the order in which this customer's events were received; null for nobody's. */
  readonly seq: number | null;
  readonly messageId: string;
  readonly type: string;
  readonly name: string;
  readonly properties: JsonObject;
  readonly context: JsonObject;
  /** The message of ours that the event is about, such as the one that was opened. */
  readonly aboutMessageId: string | null;
  readonly occurredAt: Date;
  readonly receivedAt: Date;
}

/** Names of events that say what became of one of our messages. */
const MESSAGE_EVENT = /^Message [A-Z]/;

/** The id of our message that an event names, where it is an event about a message. */
export function messageNamedBy(name: string, properties: JsonObject): string | null {
  if (!MESSAGE_EVENT.test(name) || !isJsonObject(properties)) return null;
  const id = properties['message_id'];
  return typeof id === 'string' && id.length <= 64 ? id : null;
}
