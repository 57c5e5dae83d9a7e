import { slope } from '../report/statistics';

/** One reading of what a process holds. */
export interface Reading {
  /** Seconds since the soak began. */
  readonly at: number;
  readonly bytes: number;
}

export interface Flatness {
  /** By how much the line through the readings rises from the first to the last of them. */
  readonly risenBytes: number;
  readonly meanBytes: number;
  readonly flat: boolean;
}

/** The first third is the warming up: caches fill, code is compiled. */
const WARMING = 1 / 3;
/** Memory is flat when the line rises by less than this share of its mean. */
export const BOUND = 0.05;

/** Judges readings by the least-squares line through all that came after the warming up. */
export function flatnessOf(readings: readonly Reading[]): Flatness {
  const counted = readings.slice(Math.floor(readings.length * WARMING));
  const first = counted[0];
  const last = counted.at(-1);
  if (first === undefined || last === undefined || first === last) {
    throw new Error(
      `Found ${readings.length} readings; a line needs at least three. Let the soak run for longer.`,
    );
  }
  const perSecond = slope(counted.map(({ at, bytes }) => [at, bytes] as const));
  const risenBytes = perSecond * (last.at - first.at);
  const meanBytes = counted.reduce((sum, { bytes }) => sum + bytes, 0) / counted.length;
  return { risenBytes, meanBytes, flat: risenBytes < BOUND * meanBytes };
}
