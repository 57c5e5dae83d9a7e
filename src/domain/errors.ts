import type { JsonObject } from './json';

/**
 * Why a request cannot be done as asked. The edge maps each kind to its own protocol, HTTP for
 * instance; see `src/api/http/answer-error.ts`.
 */
export type RequestErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'too-large'
  | 'unsupported'
  /** More work than is accepted at a time: the caller retries later. */
  | 'overloaded'
  /** Something that the request needs does not answer: the caller retries later. */
  | 'unavailable';

/**
 * A request that cannot be done as asked. `code` is stable and for programs; the message is for
 * people: what was found, what was expected, what to do.
 *
 * @example throw new RequestError('not-found', 'unknown-task', 'Found no task with this id; ...')
 */
export class RequestError extends Error {
  readonly kind: RequestErrorKind;
  readonly code: string;
  readonly details: JsonObject;

  constructor(kind: RequestErrorKind, code: string, message: string, details: JsonObject = {}) {
    super(message);
    this.name = 'RequestError';
    this.kind = kind;
    this.code = code;
    this.details = details;
  }
}
