/**
 * Parses a trait or an event property as a time: a number of milliseconds since 1970 or a date as
 * text.
 *
 * @returns milliseconds since 1970; null if the value is neither
 */
export function dateIn(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string') return null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : at;
}
