import { invalid } from '../http/input';

const MAX_CLOCK_SKEW_MS = 5 * 60_000;

/**
 * When a customer said something: the time that a caller sends, or now. A statement from the future
 * would outrank every opt-out until then, so it is refused.
 *
 * @throws {RequestError} `invalid` for a time before 1970 or in the future
 */
export function parseStatementTime(given: string | undefined, now: Date): Date {
  if (given === undefined) return now;
  const at = new Date(given);
  if (Number.isNaN(at.getTime()) || at.getUTCFullYear() < 1970) {
    throw invalid('Found an `at` that is not a time since 1970; send when the customer said so.');
  }
  if (at.getTime() > now.getTime() + MAX_CLOCK_SKEW_MS) {
    throw invalid('Found an `at` in the future; send when the customer said so, or leave it out.');
  }
  return at > now ? now : at;
}
