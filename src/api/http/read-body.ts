import { raw, type Request, type RequestHandler } from 'express';
import { RequestError } from '../../domain/errors';

/** Reads the whole body and decompresses it, up to a limit of decompressed bytes. */
export function readBytes(limit: number): RequestHandler {
  return raw({ type: () => true, limit, inflate: true });
}

/** The media type of a request in lower case; empty where it has none. */
function mediaType(request: Request): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/**
 * Parses the JSON in a body that `readBytes` has read; undefined for an empty body.
 *
 * @param types media types that are accepted as JSON besides `application/json` and none
 * @throws {RequestError} `unsupported` for another type or charset, `invalid` for a body that is not JSON
 */
export function readJson(request: Request, types: readonly string[] = []): unknown {
  const body: unknown = request.body;
  if (!Buffer.isBuffer(body) || body.length === 0) return undefined;
  const type = mediaType(request);
  if (type !== '' && !/^application\/(?:\S+\+)?json$/.test(type) && !types.includes(type)) {
    throw new RequestError(
      'unsupported',
      'unsupported-type',
      `Found a body of the type ${type.slice(0, 100)}; expected application/json. Send JSON with this Content-Type.`,
    );
  }
  const charset = /charset\s*=\s*"?([^\s";]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
  if (charset !== undefined && !/^(?:utf-?8|us-ascii)$/i.test(charset)) {
    throw new RequestError(
      'unsupported',
      'unsupported-charset',
      `Found the charset ${charset.slice(0, 50)}; expected utf-8. Send JSON as UTF-8.`,
    );
  }
  return parseJson(body);
}

function parseJson(body: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw malformed('it is not valid UTF-8', cause);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    // V8's message quotes the body, which may be personal; the position in the text is enough.
    const place = /at position \d+/.exec((cause as Error).message)?.[0];
    throw malformed(place === undefined ? 'it ends too early' : `unexpected ${place}`, cause);
  }
}

function malformed(problem: string, cause: unknown): RequestError {
  const error = new RequestError(
    'invalid',
    'malformed-json',
    `The body is not JSON: ${problem}. Send one JSON object as UTF-8.`,
  );
  error.cause = cause;
  return error;
}
