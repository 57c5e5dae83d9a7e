import { isJsonObject, type JsonObject } from '../domain/json';

/** An event as it is stored. */
export interface StoredEvent {
  readonly id: string;
  readonly customerId: string | null;
  /** Orders a customer's events as they were received; null without a customer. */
  readonly seq: number | null;
  readonly messageId: string;
  readonly type: string;
  readonly name: string;
  readonly properties: JsonObject;
  readonly context: JsonObject;
  /** The id of our message that the event is about, such as the one that was opened. */
  readonly aboutMessageId: string | null;
  readonly occurredAt: Date;
  readonly receivedAt: Date;
}

/** Names of events about messages, such as `Message Opened`. */
const MESSAGE_EVENT = /^Message [A-Z]/;

/** The id of our message in the properties of an event about a message; null otherwise. */
export function messageNamedBy(name: string, properties: JsonObject): string | null {
  if (!MESSAGE_EVENT.test(name) || !isJsonObject(properties)) return null;
  const id = properties['message_id'];
  return typeof id === 'string' && id.length <= 64 ? id : null;
}
