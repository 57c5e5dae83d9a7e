import { RequestError } from '../../domain/errors';
import type { CallType } from '../../domain/events/tracking-call';
import { isJsonObject } from '../../domain/json';
import type { RawCall } from '../../ingest/incoming';
import type { IngestError } from '../../ingest/incoming';

export const CALL_TYPES = [
  'identify',
  'track',
  'page',
  'screen',
  'group',
  'alias',
] as const satisfies readonly CallType[];

const MAX_EVENTS = 2_500;
export const MAX_EVENT_BYTES = 32 * 1024;
export const MAX_BATCH_BYTES = 500 * 1024;

export interface BatchReading {
  readonly calls: readonly RawCall[];
  readonly errors: readonly IngestError[];
}

/**
 * Splits a batch into calls. `context`, `integrations` and `sentAt` of the envelope apply to each item
 * that does not have its own. An item that is not a call is reported as an error.
 *
 * @throws {RequestError} `invalid` when the envelope itself is wrong
 */
export function readBatch(body: unknown): BatchReading {
  if (!isJsonObject(body)) {
    throw malformed('Found a body that is not a JSON object; send {"batch": [...]}.');
  }
  const given: unknown = body['batch'];
  if (!Array.isArray(given)) {
    throw malformed('Found no array in `batch`; send {"batch": [{"type": "track", ...}, ...]}.');
  }
  const items = (given as unknown[]).flatMap(unpacked);
  if (items.length > MAX_EVENTS) {
    throw malformed(
      `Found ${items.length} events in the batch; expected at most ${MAX_EVENTS}. Send them in several batches.`,
    );
  }
  for (const name of ['context', 'integrations'] as const) {
    const value: unknown = body[name];
    if (value !== undefined && value !== null && !isJsonObject(value)) {
      throw malformed(
        `Found a ${name} of the batch that is not an object; send an object or leave it out.`,
      );
    }
  }
  const calls: RawCall[] = [];
  const errors: IngestError[] = [];
  const inherited = inheritedBytes(body);
  for (const { index, item, bytes } of items) {
    const problem = problemOf(item, bytes + inherited);
    if (problem === undefined) {
      const own = item as Record<string, unknown>;
      calls.push({ type: typeOf(own) as CallType, body: inherit(own, body), index });
    } else errors.push({ index, messageId: messageIdOf(item), message: problem });
  }
  return { calls, errors };
}

interface BatchItem {
  readonly index: number;
  readonly item: unknown;
  /** Its size in bytes, with what it inherits from a nested batch. */
  readonly bytes: number;
}

/** A nested batch, as a proxy that collects requests sends it, is replaced by its items. */
function unpacked(item: unknown, index: number): readonly BatchItem[] {
  const inner: unknown = isJsonObject(item) && typeOf(item) === undefined ? item['batch'] : null;
  if (!isJsonObject(item) || !Array.isArray(inner)) {
    return [{ index, item, bytes: eventBytes(item) }];
  }
  const inherited = inheritedBytes(item);
  return (inner as unknown[]).map((each) => {
    const whole = isJsonObject(each) ? inherit(each, item) : each;
    return { index, item: whole, bytes: eventBytes(each) + inherited };
  });
}

/**
 * What an item inherits counts towards its size: a large context that is sent once would otherwise be
 * stored thousands of times. It is measured once for all items.
 */
function inheritedBytes(envelope: Readonly<Record<string, unknown>>): number {
  const sizes = (['context', 'integrations'] as const).map((name) =>
    isJsonObject(envelope[name]) ? eventBytes(envelope[name]) : 0,
  );
  return sizes.reduce((sum, each) => sum + each, 0);
}

/** The size of an event that counts towards the limit: its JSON in UTF-8. */
export function eventBytes(event: unknown): number {
  try {
    return Buffer.byteLength(JSON.stringify(event) ?? '');
  } catch {
    return 0; // nested too deeply to be written; the parser of the call refuses it
  }
}

export function tooLarge(bytes: number): string {
  return `Found an event of ${Math.ceil(bytes / 1024)} KB; expected at most 32 KB. Send less, such as a link instead of the content.`;
}

function problemOf(item: unknown, bytes: number): string | undefined {
  if (!isJsonObject(item)) {
    return 'Found an item of the batch that is not an object; send {"type": "track", ...}.';
  }
  if (typeOf(item) === undefined) {
    return `Found an item of the batch without a known type; expected one of ${CALL_TYPES.join(', ')}.`;
  }
  return bytes > MAX_EVENT_BYTES ? tooLarge(bytes) : undefined;
}

/** Old clients of Segment say `action` where newer ones say `type`. */
function typeOf(item: Readonly<Record<string, unknown>>): CallType | undefined {
  const type = item['type'] ?? item['action'];
  return CALL_TYPES.find((each) => each === type);
}

function inherit(
  item: Readonly<Record<string, unknown>>,
  envelope: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...item };
  for (const name of ['context', 'integrations'] as const) {
    const outer = envelope[name];
    const own = item[name] ?? {};
    // A value that is not an object is kept, for the parser of the call to refuse.
    if (isJsonObject(outer) && isJsonObject(own)) merged[name] = { ...outer, ...own };
  }
  merged['sentAt'] = item['sentAt'] ?? envelope['sentAt'];
  return merged;
}

export function messageIdOf(item: unknown): string | null {
  const id = isJsonObject(item) ? item['messageId'] : undefined;
  return typeof id === 'string' ? id.slice(0, 255) : null;
}

function malformed(message: string): RequestError {
  return new RequestError('invalid', 'malformed-batch', message);
}
