/** One role of the system in this process: the API, the relay, or a worker. */
export interface RunningRole {
  /** Rejects if the role ends without `stop`; otherwise never settles. */
  readonly failed: Promise<never>;
  /** Completes operations in flight, and stops the role. */
  stop(): Promise<void>;
}

/** For a role that reconnects automatically and never fails. */
export const NEVER_FAILS = new Promise<never>(() => undefined);
