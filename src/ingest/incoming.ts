import type { CallType, TrackingCall } from '../domain/events/tracking-call';
import type { CallIdentity } from '../domain/identity/identity-of-call';

/** A call as a request brought it. */
export interface RawCall {
  readonly type: CallType;
  readonly body: unknown;
  readonly index: number;
}

/** A call that has been found well-formed, with its place in the request for the answer. */
export interface IncomingCall {
  readonly index: number;
  readonly call: TrackingCall;
  /** By what it names its customer. */
  readonly identity: CallIdentity;
  readonly messageId: string;
}

export interface IngestError {
  readonly index: number;
  readonly messageId: string | null;
  readonly message: string;
}

export interface IngestResult {
  /** Calls that were stored now. */
  readonly accepted: number;
  /** Calls whose messageId had been taken before; they have no second effect. */
  readonly duplicates: number;
  /** Calls that are no calls; nothing of them is kept. */
  readonly errors: readonly IngestError[];
  /** Calls that do not fit their event's schema; kept aside until they are replayed or dropped. */
  readonly quarantined: readonly IngestError[];
}
