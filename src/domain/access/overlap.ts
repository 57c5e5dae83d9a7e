import { durationMs, type Duration } from '../duration';
import { RequestError } from '../errors';

/** How long an old key stays good beside the one that takes its place, unless asked otherwise. */
export const DEFAULT_OVERLAP = '1 day';

const MAX_MS = 90 * 86_400_000;

/**
 * How long two keys are good beside each other, in milliseconds.
 *
 * @throws {RequestError} `invalid` for what is no length of time, or longer than 90 days
 */
export function overlapMs(text: string): number {
  let length: number;
  try {
    if (/^[1-9]\d*$/.test(text)) throw new RangeError('A number alone says no unit.');
    length = durationMs(text as Duration);
  } catch {
    length = -1;
  }
  if (length >= 0 && length <= MAX_MS) return length;
  throw new RequestError(
    'invalid',
    'invalid-overlap',
    "Found an overlap that is no length of time from '0' to '90 days'; write it like '1 day' or '4 hours'.",
  );
}
