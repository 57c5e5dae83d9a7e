import { invalid } from '../http/input';

const CLOCKS_MAY_DIFFER_MS = 5 * 60_000;

/**
 * When a customer said something: what a caller names, or now. A statement from the future would
 * outrank every opt-out until then, so there is none.
 *
 * @throws {RequestError} `invalid` for a moment before 1970 or in the future
 */
export function parseStatementTime(given: string | undefined, now: Date): Date {
  if (given === undefined) return now;
  const at = new Date(given);
  if (Number.isNaN(at.getTime()) || at.getUTCFullYear() < 1970) {
    throw invalid('Found an `at` that is no moment since 1970; send when the customer said so.');
  }
  if (at.getTime() > now.getTime() + CLOCKS_MAY_DIFFER_MS) {
    throw invalid('Found an `at` in the future; send when the customer said so, or leave it out.');
  }
  return at > now ? now : at;
}
