const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const EARLIEST_MS = Date.UTC(1970, 0, 1);
const TOO_LATE_MS = Date.UTC(2101, 0, 1);

/** Corrected times further in the future than this are rejected. */
const MAX_LEAD_MS = DAY_MS;

/**
 * Parses a time in the many forms that clients send: ISO 8601 with any precision, with or
 * without padding, zone or time of day (no zone means UTC), a Java zone suffix
 * (`2024-09-10T14:38:57.524122374Z[GMT]`), RFC 2822, or the time since 1970 as a number or a text.
 *
 * The unit of a number follows from its size: below 1e11 seconds, below 1e14 milliseconds, then
 * microseconds and nanoseconds.
 *
 * @returns undefined if it is not a time, or lies outside the years 1970 to 2100
 */
export function parseLooseTimestamp(value: unknown): Date | undefined {
  const milliseconds = looseMs(value);
  return milliseconds === undefined ? undefined : plausible(milliseconds);
}

/**
 * Segment's correction of a client's clock: `receivedAt - (sentAt - timestamp)`, where `timestamp`
 * is the client's own (Segment calls it the original timestamp). Without `sentAt` the timestamp is
 * not corrected.
 *
 * @returns `receivedAt` if the corrected time is more than 24 hours in the future, or outside
 * the years 1970 to 2100
 */
export function correctSkew(times: {
  readonly timestamp: Date;
  readonly sentAt?: Date | undefined;
  readonly receivedAt: Date;
}): Date {
  const { timestamp, sentAt, receivedAt } = times;
  const skewMs = sentAt === undefined ? 0 : receivedAt.getTime() - sentAt.getTime();
  const corrected = plausible(timestamp.getTime() + skewMs);
  if (corrected === undefined) return receivedAt;
  return corrected.getTime() - receivedAt.getTime() > MAX_LEAD_MS ? receivedAt : corrected;
}

function plausible(milliseconds: number): Date | undefined {
  return milliseconds >= EARLIEST_MS && milliseconds < TOO_LATE_MS
    ? new Date(milliseconds)
    : undefined;
}

function looseMs(value: unknown): number | undefined {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'number') return epochMs(value);
  if (typeof value !== 'string' || value.length > 100) return undefined;
  const text = value.trim();
  if (/^\d{9,19}(?:\.\d+)?$/.test(text)) return epochMs(Number(text));
  return isoMs(text) ?? rfc2822Ms(text);
}

function epochMs(value: number): number {
  if (value < 1e11) return Math.round(value * 1000);
  if (value < 1e14) return Math.round(value);
  return Math.round(value / (value < 1e17 ? 1e3 : 1e6));
}

const ISO =
  /^(?<year>\d{4})-?(?<month>\d{1,2})-?(?<day>\d{1,2})(?:[T ]\s*(?<hour>\d{1,2}):?(?<minute>\d{2})(?::?(?<second>\d{2})(?:[.,](?<fraction>\d+))?)?\s*(?<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?(?:\[[^\]]*\])?)?$/i;

function isoMs(text: string): number | undefined {
  const parts = ISO.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const [year, month, day] = [Number(parts.year), Number(parts.month), Number(parts.day)];
  const [hour, minute] = [Number(parts.hour ?? 0), Number(parts.minute ?? 0)];
  const second = Number(parts.second ?? 0);
  // Second 60 is a leap second; `Date` carries it into the next minute, which is accurate enough.
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const midnight = new Date(Date.UTC(year, month - 1, day));
  // `Date` also carries 30 February over into March; reject such a date.
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return undefined;
  const milliseconds = Number((parts.fraction ?? '').slice(0, 3).padEnd(3, '0'));
  const wallMs = ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds;
  return midnight.getTime() + wallMs - zoneMs(parts.zone);
}

function zoneMs(zone: string | undefined): number {
  const offset = /^(?<sign>[+-])(?<hours>\d{2}):?(?<minutes>\d{2})?$/.exec(zone ?? '')?.groups;
  if (offset === undefined) return 0;
  const minutes = Number(offset.hours) * 60 + Number(offset.minutes ?? 0);
  return (offset.sign === '-' ? -minutes : minutes) * MINUTE_MS;
}

/** Only forms with an offset: without one, `Date.parse` would use the machine's time zone. */
const RFC_2822 =
  /^(?:[a-z]{3},? )?(?:\d{1,2} [a-z]{3}|[a-z]{3} \d{1,2}),? \d{4} \d{2}:\d{2}(?::\d{2})? (?:GMT|UTC|(?:GMT)?[+-]\d{4})(?: \([^)]*\))?$/i;

function rfc2822Ms(text: string): number | undefined {
  if (!RFC_2822.test(text)) return undefined;
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
