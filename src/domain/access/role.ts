/**
 * What the bearer of a key may do.
 *
 * - `ingest`: send events, and ask for entries into journeys. A browser's key is one of these, and
 *   no secret there.
 * - `read`: see customers, journeys, decisions and tasks; change nothing but what is marked as read.
 * - `operate`: read, and steer enrollments, journeys, operations, tasks, consents and repairs.
 * - `admin`: everything, keys included.
 */
export const ROLES = ['ingest', 'read', 'operate', 'admin'] as const;
export type Role = (typeof ROLES)[number];

const INCLUDES: Readonly<Record<Role, readonly Role[]>> = {
  ingest: ['ingest'],
  read: ['read'],
  operate: ['operate', 'read'],
  admin: ROLES,
};

/** Whether who has a role may do what asks for another one. */
export function includesRole(has: Role, asked: Role): boolean {
  return INCLUDES[has].includes(asked);
}

/** @throws {RangeError} for a text that is no role */
export function roleNamed(text: string): Role {
  const role = ROLES.find((each) => each === text);
  if (role !== undefined) return role;
  throw new RangeError(
    `Found the role '${text}'; expected one of ${ROLES.join(', ')}. Name one of these.`,
  );
}
