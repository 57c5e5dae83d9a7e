import type { JsonObject } from './json';

/**
 * Something a caller asked for that cannot be done as asked. `status` is the HTTP status that the
 * edge answers with; the message is a sentence: what was found, what was expected, what to do.
 */
export class RequestError extends Error {
  readonly status: 400 | 401 | 403 | 404 | 409 | 413 | 415 | 429 | 408 | 503;
  readonly code: string;
  readonly details: JsonObject;

  constructor(
    status: RequestError['status'],
    code: string,
    message: string,
    details: JsonObject = {},
  ) {
    super(message);
    this.name = 'RequestError';
    this.status = status;
    this.code = code;
    this.details = details;
  }
}
