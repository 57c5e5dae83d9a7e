export const MINUTES_PER_DAY = 1440;

/**
 * @param text a local time such as `09:00`, `9:30` or `24:00` (the end of the day)
 * @returns minutes since midnight, 0 to 1440
 * @throws {RangeError} the text is not a time of day
 */
export function parseTimeOfDay(text: string): number {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text.trim()) ?? [];
  const total = Number(hours) * 60 + Number(minutes);
  // Comparisons with NaN are false, so a text that does not match falls through as well.
  if (Number(minutes) <= 59 && total <= MINUTES_PER_DAY) return total;
  throw new RangeError(
    `Found the time of day ${JSON.stringify(text)}; expected hours and minutes such as '09:00'.`,
  );
}
