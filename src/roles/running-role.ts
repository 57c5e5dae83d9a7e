/** One role of the system in this process: the API, the relay, or a worker. */
export interface RunningRole {
  /** Rejects when the role ends that nobody stopped; otherwise it never settles. */
  readonly failed: Promise<never>;
  /** Lets what is in flight finish, and ends the role. */
  stop(): Promise<void>;
}

/** For a role that reconnects by itself, and so never fails. */
export const NEVER_FAILS = new Promise<never>(() => undefined);
