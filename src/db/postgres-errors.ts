/**
 * SQLSTATE codes of a server that is unavailable, out of resources, shut down, or busy with a
 * conflict: classes 08, 40, 53, 57 and 58, and a transaction that was ended because it was idle.
 */
const TRANSIENT = /^(?:(?:08|40|53|57|58)[0-9A-Z]{3}|25P03)$/;

/** SQLSTATE codes in general; Node's error codes, such as EPIPE, have no digit. */
const SQLSTATE = /^(?=.*\d)[0-9A-Z]{5}$/;

/** Whether a code says that the same statement may succeed later. */
export function isTransientDbError(code: string): boolean {
  return TRANSIENT.test(code);
}

/** Whether a code comes from Postgres, and not from Node. */
export function isPostgresCode(code: string): boolean {
  return SQLSTATE.test(code);
}
