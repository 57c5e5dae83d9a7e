import type { Tx } from '../db/transaction';
import type { RoutingScope } from '../domain/events/routing-scope';
import type { JsonObject } from '../domain/json';

/** Something that the engine itself observed, such as a changed consent or a completed task. */
export interface SystemEvent {
  /** Makes the event take effect once; it is prefixed, so that no caller's messageId collides. */
  readonly messageId: string;
  readonly customerId: string;
  readonly type: 'track' | 'identify' | 'consent' | 'segment';
  readonly name: string;
  readonly properties: JsonObject;
  readonly traits?: JsonObject;
  readonly at: Date;
  /** Default `all`. */
  readonly scope?: RoutingScope;
}

/** Records a system event; resolves to false if its messageId was recorded before. */
export type Recorder = (systemEvent: SystemEvent) => Promise<boolean>;

/** Transactions that record system events of known customers together with their cause. */
export interface EventRecorder {
  /** Runs a transaction and retries it after a conflict; see `inTransaction`. */
  transact<T>(work: (tx: Tx, record: Recorder) => Promise<T>): Promise<T>;
  /**
   * Records many system events at once, in the caller's transaction.
   *
   * @returns the number of new events
   */
  recordAll(tx: Tx, systemEvents: readonly SystemEvent[]): Promise<number>;
}
