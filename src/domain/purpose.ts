/**
 * Why one is allowed to write: `transactional`, or a subscription topic such as `offers`.
 * Transactional messages ask for no marketing consent and know neither caps nor quiet hours.
 */
export type Purpose = string;

export const TRANSACTIONAL = 'transactional';

export function isTransactional(purpose: Purpose): boolean {
  return purpose === TRANSACTIONAL;
}
