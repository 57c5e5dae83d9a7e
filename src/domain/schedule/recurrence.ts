import { Cron } from 'croner';

import { parseRrule } from './rrule';
import type { Recurrence } from './rrule';
import { isZone } from './zone';

export type { Recurrence } from './rrule';

/**
 * Parses a cron expression of five fields, or of six with seconds first, or an RRULE of RFC 5545
 * (`RRULE:FREQ=WEEKLY;BYDAY=MO;BYHOUR=9` with or without `RRULE:` and a DTSTART line).
 *
 * All times are local. A local time that occurs twice counts once. A local time that a clock change
 * skips becomes the time of the change in cron (02:30 becomes 03:00), and is shifted by the size of
 * the gap in an RRULE (03:30).
 *
 * @throws {RangeError} the text is neither; the message says what is wrong
 */
export function parseRecurrence(text: string): Recurrence {
  const recurrence = /(?:^|[;:\n])\s*(?:FREQ=|DTSTART|RRULE)/i.test(text.trim())
    ? parseRrule(text.trim())
    : parseCron(text.trim());
  return {
    next(after, zone) {
      if (!isZone(zone)) {
        throw new RangeError(
          `Found the time zone ${JSON.stringify(zone)}; expected an IANA name such as 'Europe/Berlin'.`,
        );
      }
      return recurrence.next(after, zone);
    },
  };
}

function parseCron(text: string): Recurrence {
  const fields = text.split(/\s+/);
  if (fields.length !== 5 && fields.length !== 6) {
    throw new RangeError(
      `Found the recurrence ${JSON.stringify(text)}; expected a cron expression of five or six fields, such as '0 9 * * MON', or an RRULE, such as 'FREQ=WEEKLY;BYDAY=MO;BYHOUR=9'.`,
    );
  }
  // Without a callback, croner computes times and schedules nothing.
  const inZone = (timezone: string): Cron => new Cron(text, { timezone, paused: true });
  try {
    inZone('UTC');
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new RangeError(
      `Found the cron expression ${JSON.stringify(text)}, which cannot be parsed: ${problem}`,
      { cause },
    );
  }
  return { next: (after, zone) => inZone(zone).nextRun(after) ?? undefined };
}
