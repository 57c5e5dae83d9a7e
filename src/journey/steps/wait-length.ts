import { durationMs, MAX_WAIT_MS, type Duration } from '../../domain/duration';
import { misuse } from '../misuse';

/** @returns milliseconds, zero for a negative duration */
export function waitLength(duration: Duration): number {
  let length: number;
  try {
    length = durationMs(duration);
  } catch (error) {
    throw misuse((error as RangeError).message);
  }
  if (length > MAX_WAIT_MS) {
    throw misuse(
      `Found a wait of ${JSON.stringify(duration)}; the maximum is ten years. Check the unit: a number is in milliseconds.`,
    );
  }
  return Math.max(0, length);
}
