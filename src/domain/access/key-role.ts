/**
 * What the bearer of a key may do.
 *
 * - `ingest`: send events, and ask for entries into journeys. A browser's key is one of these, and
 *   no secret there.
 * - `read`: see customers, journeys, decisions and tasks; change nothing but what is marked as read.
 * - `operate`: read, and steer enrollments, journeys, operations, tasks, consents and repairs.
 * - `admin`: everything, keys included.
 */
export const KEY_ROLES = ['ingest', 'read', 'operate', 'admin'] as const;
export type KeyRole = (typeof KEY_ROLES)[number];

const INCLUDES: Readonly<Record<KeyRole, readonly KeyRole[]>> = {
  ingest: ['ingest'],
  read: ['read'],
  operate: ['operate', 'read'],
  admin: KEY_ROLES,
};

/** Whether who has a role may do what asks for another one. */
export function includesRole(has: KeyRole, asked: KeyRole): boolean {
  return INCLUDES[has].includes(asked);
}

/** @throws {RangeError} for a text that is no role */
export function roleNamed(text: string): KeyRole {
  const role = KEY_ROLES.find((each) => each === text);
  if (role !== undefined) return role;
  throw new RangeError(
    `Found the role '${text}'; expected one of ${KEY_ROLES.join(', ')}. Name one of these.`,
  );
}
