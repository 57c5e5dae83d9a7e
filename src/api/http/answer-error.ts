import type { ErrorRequestHandler, Response } from 'express';
import { isTransientDbError } from '../../db/postgres-errors';
import { RequestError, type RequestErrorKind } from '../../domain/errors';
import type { JsonObject } from '../../domain/json';
import type { Logger } from '../../logger';

/** What a caller is told of an error. */
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

const NETWORK_AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOENT',
]);
const POOL_AWAY =
  /timeout exceeded when trying to connect|Connection terminated|is not queryable|Query read timeout/i;

/** Postgres errors about a value that it cannot hold: bad input that no check has caught. */
const UNSTORABLE = new Set(['22021', '22P02', '22P05', '22003', '22008', '54000']);

/** What body-parser calls its errors, in words. */
const BODY_ERRORS: Readonly<
  Record<string, readonly [status: number, code: string, message: string]>
> = {
  'entity.too.large': [
    413,
    'body-too-large',
    'The body is larger than this address takes; send less at a time (a batch may have 500 KB, after it was unpacked).',
  ],
  'encoding.unsupported': [
    415,
    'unsupported-encoding',
    'Found a content encoding that is not known; send the body as it is, or with Content-Encoding: gzip.',
  ],
  'request.aborted': [400, 'aborted', 'The body ended before its announced length; send it again.'],
  'request.size.invalid': [
    400,
    'wrong-length',
    'The body has another length than its Content-Length says; send it again with the right one.',
  ],
};

/** The one place where errors become HTTP. Anything unknown becomes a 500 that tells nothing. */
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
    if (isTransientDbError(code) || NETWORK_AWAY.has(code)) return away();
    if (UNSTORABLE.has(code)) {
      return answer(
        400,
        'unstorable',
        'The request contains a value that cannot be stored, such as a NUL character or a text that is far too long; send it without.',
      );
    }
    if (code.startsWith('Z_')) {
      return answer(
        400,
        'malformed-body',
        'The body cannot be unpacked as its Content-Encoding says; send it as it is, or as valid gzip.',
      );
    }
  }
  if (POOL_AWAY.test(message)) return away();
  if (status === 400) {
    return answer(
      400,
      'malformed-request',
      'The request cannot be read, perhaps for a % in the address that stands for nothing; encode the address and send it again.',
    );
  }
  return answer(
    500,
    'internal',
    'Something broke here that is not your fault; it has been logged. Send the request again later.',
  );
}

export function sendError(response: Response, found: ErrorAnswer, extra: JsonObject = {}): void {
  const { status, code, message, details, headers } = found;
  response
    .status(status)
    .set(headers)
    .json({ ...extra, error: { code, message, details } });
}

/** Express' error handler. `extra` is what stands beside `error` in the body. */
export function answerErrors(logger: Logger, extra: JsonObject = {}): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const found = answerOf(error);
    if (found.status >= 500)
      logFailure(logger, error, request.method, routeOf(request), found.status);
    if (response.headersSent) next(error);
    else sendError(response, found, extra);
  };
}

/** The route's pattern, not the address: an address may carry a token or a person's id. */
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
  if (status === 503) logger.warn(fields, 'a request could not be served now');
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

function away(): ErrorAnswer {
  return answer(
    503,
    'unavailable',
    'The database does not answer at the moment, and nothing of the request was kept; send it again in a few seconds.',
  );
}
