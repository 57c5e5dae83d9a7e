/** In the order of `Date.getUTCDay`. */
export const WEEKDAYS = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const;

export type Weekday = (typeof WEEKDAYS)[number];

/** The weekday of a local time represented as UTC. */
export function weekdayOf(wallMs: number): Weekday {
  return WEEKDAYS[new Date(wallMs).getUTCDay()] ?? 'sunday';
}
