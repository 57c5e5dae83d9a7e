/** Begins the ids of customers who were erased; no other customer's id begins so. */
const ERASED_PREFIX = 'erased-';

/** The same as a pattern of SQL's `like`. */
export const ERASED_IDS = `${ERASED_PREFIX}%`;

/** The id that rows carry which outlive their customer. @param random a text nobody can guess */
export function erasedId(random: string): string {
  return `${ERASED_PREFIX}${random}`;
}

export function isErased(customerId: string): boolean {
  return customerId.startsWith(ERASED_PREFIX);
}
