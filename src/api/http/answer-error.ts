import type { ErrorRequestHandler, Response } from 'express';
import { isTransientDbError } from '../../db/postgres-errors';
import { RequestError, type RequestErrorKind } from '../../domain/errors';
import type { JsonObject } from '../../domain/json';
import type { Logger } from '../../logger';

/** An error as a caller receives it. */
export interface ErrorAnswer {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly details: JsonObject;
  readonly headers: Readonly<Record<string, string>>;
}

/** The one place where a kind of error becomes an HTTP status. */
const STATUS_OF = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  unsupported: 415,
  overloaded: 429,
  unavailable: 503,
} as const satisfies Readonly<Record<RequestErrorKind, number>>;

const NETWORK_UNAVAILABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOENT',
]);
const POOL_UNAVAILABLE =
  /timeout exceeded when trying to connect|Connection terminated|is not queryable|Query read timeout/i;

/** Postgres errors about a value that it cannot store: invalid input that no check has found. */
const UNSTORABLE = new Set(['22021', '22P02', '22P05', '22003', '22008', '54000']);

/** The errors of body-parser, by their type. */
const BODY_ERRORS: Readonly<
  Record<string, readonly [status: number, code: string, message: string]>
> = {
  'entity.too.large': [
    413,
    'body-too-large',
    'The body is larger than this address accepts; send less at a time (a batch may have 500 KB after decompression).',
  ],
  'encoding.unsupported': [
    415,
    'unsupported-encoding',
    'Found an unknown content encoding; send the body uncompressed, or with Content-Encoding: gzip.',
  ],
  'request.aborted': [
    400,
    'aborted',
    'The body ended before its Content-Length was reached; retry.',
  ],
  'request.size.invalid': [
    400,
    'wrong-length',
    'The length of the body differs from its Content-Length; retry with the right one.',
  ],
};

/** The one place where errors become HTTP. An unknown error becomes a 500 that reveals nothing. */
export function answerOf(error: unknown): ErrorAnswer {
  if (error instanceof RequestError) {
    const { kind, code, message, details } = error;
    return answer(STATUS_OF[kind], code, message, details);
  }
  const {
    type,
    status,
    code,
    message = '',
  } = (error ?? {}) as {
    type?: unknown;
    status?: unknown;
    code?: unknown;
    message?: string;
  };
  const body =
    typeof type === 'string' && Object.hasOwn(BODY_ERRORS, type) ? BODY_ERRORS[type] : undefined;
  if (body !== undefined) return answer(...body);
  if (typeof code === 'string') {
    if (isTransientDbError(code) || NETWORK_UNAVAILABLE.has(code)) return unavailable();
    if (UNSTORABLE.has(code)) {
      return answer(
        400,
        'unstorable',
        'The request contains a value that cannot be stored, such as a NUL character or a text that is far too long; remove it and retry.',
      );
    }
    if (code.startsWith('Z_')) {
      return answer(
        400,
        'malformed-body',
        'The body cannot be decompressed as its Content-Encoding says; send it uncompressed, or as valid gzip.',
      );
    }
  }
  if (POOL_UNAVAILABLE.test(message)) return unavailable();
  if (status === 400) {
    return answer(
      400,
      'malformed-request',
      'The request cannot be read, perhaps because of a % in the address that is no percent-encoding; encode the address and retry.',
    );
  }
  return answer(
    500,
    'internal',
    'An internal error occurred, which was logged; the request is not at fault. Retry later.',
  );
}

export function sendError(response: Response, found: ErrorAnswer, extra: JsonObject = {}): void {
  const { status, code, message, details, headers } = found;
  response
    .status(status)
    .set(headers)
    .json({ ...extra, error: { code, message, details } });
}

/** Express' error handler. `extra` is added to the body beside `error`. */
export function answerErrors(logger: Logger, extra: JsonObject = {}): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const found = answerOf(error);
    if (found.status >= 500)
      logFailure(logger, error, request.method, routeOf(request), found.status);
    if (response.headersSent) next(error);
    else sendError(response, found, extra);
  };
}

/** The route's pattern, not the address, which may contain a token or a person's id. */
export function routeOf(request: { readonly route?: unknown }): string {
  const path = (request.route as { path?: unknown } | undefined)?.path;
  return typeof path === 'string' ? path : '(none)';
}

export function logFailure(
  logger: Logger,
  error: unknown,
  method: string,
  route: string,
  status: number,
): void {
  const fields = { error, method, route, status };
  if (status === 503) logger.warn(fields, 'a request could not be served for the moment');
  else logger.error(fields, 'a request failed');
}

function answer(
  status: number,
  code: string,
  message: string,
  details: JsonObject = {},
): ErrorAnswer {
  const headers: Record<string, string> = {};
  if (status === 503 || status === 429) headers['Retry-After'] = '5';
  if (status === 401) headers['WWW-Authenticate'] = 'Basic realm="throughline", charset="UTF-8"';
  return { status, code, message, details, headers };
}

function unavailable(): ErrorAnswer {
  return answer(
    503,
    'unavailable',
    'The database does not answer at the moment, and nothing of the request was stored; retry in a few seconds.',
  );
}
