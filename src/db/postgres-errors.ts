/**
 * Postgres' codes for a server that is away, out of room, stopped, or busy with a conflict: classes
 * 08, 40, 53, 57 and 58 of its errors, and a transaction that it ended because it stood idle.
 */
const TRANSIENT_CODES = /^(?:(?:08|40|53|57|58)[0-9A-Z]{3}|25P03)$/;

/** What Postgres' error codes look like; Node's, such as EPIPE, have no digit. */
const SQLSTATE = /^(?=.*\d)[0-9A-Z]{5}$/;

/** Whether a code says that nothing is wrong with what was asked, which may be asked again later. */
export function isTransientDbError(code: string): boolean {
  return TRANSIENT_CODES.test(code);
}

/** Whether a code is Postgres' own, and not one of Node's. */
export function isPostgresCode(code: string): boolean {
  return SQLSTATE.test(code);
}
