import { sql } from 'kysely';
import { recordset } from '../db/sql/recordset';
import type { Tx } from '../db/transaction';
import type { PastEnrollment } from '../domain/enrollment/entry-rules';
import type { JourneyOptions } from '../journey/options';

/** Maximum length of a key, in characters; Postgres cannot index much longer ones. */
export const MAX_KEY = 255;

/** Maximum number of past enrollments that are read for a re-entry rule. */
const MAX_PAST = 10_000;

interface EnrollmentName {
  readonly customerId: string;
  readonly journey: string;
  readonly key: string;
  readonly options: JourneyOptions;
}

/** Names the enrollments of a customer in one journey and key. */
export function enrollmentKey(customerId: string, journey: string, key: string): string {
  return `${customerId} ${journey} ${key}`;
}

/** The past and active enrollments that the re-entry rules look at, by `enrollmentKey`. */
export async function readPastEnrollments(
  tx: Tx,
  names: readonly EnrollmentName[],
): Promise<Map<string, PastEnrollment[]>> {
  const wanted = new Map<string, EnrollmentName>();
  for (const name of names) {
    if (name.key.length > MAX_KEY) continue;
    wanted.set(enrollmentKey(name.customerId, name.journey, name.key), name);
  }
  const found = new Map<string, PastEnrollment[]>();
  if (wanted.size === 0) return found;
  const requests = [...wanted.values()].map(({ customerId, journey, key, options }) => {
    return { customer_id: customerId, journey, key, max_rows: pastEnrollmentsNeeded(options) };
  });
  // Enrollments of one key do not overlap, so the last one that was entered is the last to end.
  const { rows } = await sql<{
    customer_id: string;
    journey: string;
    key: string;
    entered_at: Date;
    ended_at: Date | null;
    status: string;
  }>`
    select e.* from ${recordset(requests, {
      customer_id: 'text',
      journey: 'text',
      key: 'text',
      max_rows: 'integer',
    })} as r
    cross join lateral (
      select customer_id, journey, key, entered_at, ended_at, status from enrollments
      where customer_id = r.customer_id and journey = r.journey and key = r.key
      order by entered_at desc, id desc limit r.max_rows) e`.execute(tx);
  for (const row of rows) {
    const name = enrollmentKey(row.customer_id, row.journey, row.key);
    const list = found.get(name) ?? [];
    list.push({
      key: row.key,
      enteredAt: row.entered_at,
      endedAt: row.ended_at,
      status: row.status,
    });
    found.set(name, list);
  }
  return found;
}

/** How many of the latest enrollments a rule looks at: one, except for `times`. */
function pastEnrollmentsNeeded({ reentry }: JourneyOptions): number {
  const times = typeof reentry === 'object' ? reentry.times : undefined;
  return Math.max(1, Math.min(times ?? 1, MAX_PAST));
}
