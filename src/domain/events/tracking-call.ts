import { cutText } from '../cut-text';
import type { JsonObject } from '../json';
import { isJsonObject } from '../json';
import { storableObject } from './storable-json';
import { correctSkew, parseLooseTimestamp } from './timestamps';

export type CallType = 'identify' | 'track' | 'page' | 'screen' | 'group' | 'alias';

/** A call of Segment's HTTP API in normalized form. */
export interface TrackingCall {
  readonly type: CallType;
  /** A track call's event; `Identify`, `Page`, `Screen`, `Group`, `Alias` for the others. */
  readonly name: string;
  readonly messageId?: string;
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly previousId?: string;
  readonly groupId?: string;
  /**
   * The customer's traits (a group's, in a group call): `context.traits`, then the body's `email`,
   * then its `traits`, each overriding the previous.
   */
  readonly traits: JsonObject;
  readonly properties: JsonObject;
  readonly context: JsonObject;
  /** Corrected for the client's clock; `receivedAt` if the call has no plausible time. */
  readonly occurredAt: Date;
  /** The client's own time, as it was sent. */
  readonly originalTimestamp?: string;
}

export type ParsedCall =
  | { readonly ok: true; readonly call: TrackingCall }
  | { readonly ok: false; readonly reason: string };

const MAX_EVENT_NAME = 200;
const MAX_ID = 255;
const MAX_TIMESTAMP = 100;
/** RFC 5321 allows 254; the column is indexed, and Postgres cannot index long texts. */
const MAX_EMAIL = 255;

const ID_FIELDS = ['messageId', 'userId', 'anonymousId', 'previousId', 'groupId'] as const;
type Ids = { -readonly [Field in (typeof ID_FIELDS)[number]]?: string };

const NAMES = {
  identify: 'Identify',
  page: 'Page',
  screen: 'Screen',
  group: 'Group',
  alias: 'Alias',
} as const;

/**
 * Parses one call as leniently as Segment does: numeric ids become strings, empty ones count as
 * absent, `user_id` is accepted (as in Segment's e-mail vocabulary), traits may be in the context, an
 * invalid time becomes `receivedAt`, and no identifier is required. For a call of a batch, the caller
 * first adds the batch's `context` and `sentAt`.
 *
 * @param type from the path of the request, or an item's own `type`; the body's `type` is ignored
 * @returns a reason in one sentence if the call cannot be stored; it never quotes a value
 */
export function parseTrackingCall(
  type: CallType,
  body: unknown,
  options: { readonly receivedAt: Date },
): ParsedCall {
  if (!isJsonObject(body)) return refuse(`The body is ${kindOf(body)}; expected a JSON object.`);
  const storable = storableObject(body, 'body');
  if (!storable.ok) return refuse(`Found that ${storable.reason}`);
  const fields = storable.value;

  const ids = readIds(fields);
  if (typeof ids === 'string') return refuse(ids);
  if (type === 'alias' && ids.previousId === undefined) {
    return refuse('Found an alias without previousId; send the id that the customer had before.');
  }
  const name =
    type === 'track' ? eventName(fields.event) : { ok: true as const, name: NAMES[type] };
  if (!name.ok) return name;
  for (const field of ['traits', 'properties', 'context'] as const) {
    const value = fields[field] ?? {};
    if (!isJsonObject(value)) {
      return refuse(`Found ${field} to be ${kindOf(value)}; expected an object.`);
    }
  }

  const traits = readTraits(type, fields);
  const emailLength = type === 'identify' ? lengthOf(traits['email']) : 0;
  if (emailLength > MAX_EMAIL) {
    return refuse(
      `Found an e-mail address of ${emailLength} characters; expected at most ${MAX_EMAIL}.`,
    );
  }

  const timestamp = sentTimestamp(fields);
  return {
    ok: true,
    call: {
      type,
      name: name.name,
      ...ids,
      traits,
      properties: readProperties(type, fields),
      context: objectOf(fields.context),
      occurredAt: occurredAt(fields, options.receivedAt),
      ...(timestamp === undefined ? {} : { originalTimestamp: timestamp }),
    },
  };
}

function eventName(event: unknown): { ok: true; name: string } | { ok: false; reason: string } {
  if (typeof event !== 'string' || event.trim() === '') {
    return refuse(
      `Found a track call whose event is ${kindOf(event)}; send the event's name, such as "Order Completed".`,
    );
  }
  if (event.length > MAX_EVENT_NAME) {
    return refuse(
      `Found an event name of ${event.length} characters; expected at most ${MAX_EVENT_NAME}.`,
    );
  }
  return { ok: true, name: event };
}

function readIds(fields: JsonObject): Ids | string {
  const ids: Ids = {};
  for (const field of ID_FIELDS) {
    const value = fields[field] ?? (field === 'userId' ? fields.user_id : undefined) ?? '';
    if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER) {
      // The JSON parser has rounded it, so two different ids may have become equal.
      return `Found ${field} to be a number too large to be exact; send it as a string.`;
    }
    if (typeof value !== 'string' && typeof value !== 'number') {
      return `Found ${field} to be ${kindOf(value)}; expected a string or a number.`;
    }
    const id = String(value);
    if (id.length > MAX_ID) {
      return `Found ${field} with ${id.length} characters; expected at most ${MAX_ID}.`;
    }
    if (id.trim() !== '') ids[field] = id;
  }
  return ids;
}

function readTraits(type: CallType, fields: JsonObject): JsonObject {
  const own = objectOf(fields.traits);
  // A group call's own traits describe the group; those in its context describe the customer.
  if (type === 'group') return own;
  const email = typeof fields.email === 'string' ? { email: fields.email } : {};
  return { ...objectOf(objectOf(fields.context).traits), ...email, ...own };
}

/** The name and category of a page or screen become properties, as in Segment's own libraries. */
function readProperties(type: CallType, fields: JsonObject): JsonObject {
  const own = objectOf(fields.properties);
  if (type !== 'page' && type !== 'screen') return own;
  const { name, category } = fields;
  return {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof category === 'string' ? { category } : {}),
    ...own,
  };
}

function occurredAt(fields: JsonObject, receivedAt: Date): Date {
  const timestamp =
    parseLooseTimestamp(fields.originalTimestamp) ?? parseLooseTimestamp(fields.timestamp);
  if (timestamp === undefined) return receivedAt;
  return correctSkew({ timestamp, sentAt: parseLooseTimestamp(fields.sentAt), receivedAt });
}

function sentTimestamp(fields: JsonObject): string | undefined {
  const sent = fields.originalTimestamp ?? fields.timestamp;
  if (typeof sent !== 'string' && typeof sent !== 'number') return undefined;
  return cutText(String(sent), MAX_TIMESTAMP);
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length : JSON.stringify(value ?? '').length;
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'missing';
  if (value === '') return 'an empty string';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function refuse(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}
