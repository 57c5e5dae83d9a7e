/** The prefix of the ids of erased customers; no other customer's id has it. */
const ERASED_PREFIX = 'erased-';

/** The same as a pattern for SQL's `like`. */
export const ERASED_IDS = `${ERASED_PREFIX}%`;

/** The id in rows that remain after their customer's erasure. @param random an unguessable string */
export function erasedId(random: string): string {
  return `${ERASED_PREFIX}${random}`;
}

export function isErased(customerId: string): boolean {
  return customerId.startsWith(ERASED_PREFIX);
}
