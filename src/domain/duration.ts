import ms from 'ms';

/** A length of time as authors write it: `'4 hours'`, `'7 days'`, or milliseconds. */
export type Duration = ms.StringValue | number;

/** The longest wait a journey may ask for: ten years. More is almost always a mistaken unit. */
export const MAX_WAIT_MS = 10 * 365.25 * 24 * 3600 * 1000;

/**
 * @returns milliseconds; negative for a negative duration such as `'-1 day'`
 * @throws {RangeError} a text that is no duration, or a number that is not finite
 */
export function durationMs(duration: Duration): number {
  const value = typeof duration === 'number' ? duration : parse(duration);
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new RangeError(
      `Found the duration ${JSON.stringify(duration)}; expected milliseconds or a text such as '4 hours' or '7 days'.`,
    );
  }
  return Math.round(value);
}

function parse(text: ms.StringValue): number | undefined {
  try {
    return ms(text);
  } catch {
    return undefined; // ms throws on an empty or overlong text
  }
}

/** `93784000` -> `1 d 2 h 3 min`: at most three units, for people. */
export function describeDuration(milliseconds: number): string {
  const seconds = Math.round(Math.abs(milliseconds) / 1000);
  const units: readonly [string, number][] = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ];
  let rest = seconds;
  const parts: string[] = [];
  for (const [name, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return parts.slice(0, 3).join(' ') || '0 s';
}
