import type { CallType, TrackingCall } from '../domain/events/tracking-call';
import type { CallIdentity } from '../domain/identity/identity-of-call';

/** An unparsed call of a request. */
export interface RawCall {
  readonly type: CallType;
  readonly body: unknown;
  readonly index: number;
}

/** A well-formed call, with its index in the request. */
export interface IncomingCall {
  readonly index: number;
  readonly call: TrackingCall;
  /** The customer's identifiers in the call. */
  readonly identity: CallIdentity;
  readonly messageId: string;
}

export interface IngestError {
  readonly index: number;
  readonly messageId: string | null;
  readonly message: string;
}

export interface IngestResult {
  /** The number of calls that were stored by this request. */
  readonly accepted: number;
  /** The number of calls whose messageId was stored before; they have no further effect. */
  readonly duplicates: number;
  /** Malformed calls; they are not stored. */
  readonly errors: readonly IngestError[];
  /** Calls that do not match their event's schema; quarantined until they are replayed or dropped. */
  readonly quarantined: readonly IngestError[];
}
