/**
 * The moment that a trait or an event property holds: a number of milliseconds since 1970 or a date
 * as text; null where it holds neither.
 */
export function dateIn(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string') return null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : at;
}
