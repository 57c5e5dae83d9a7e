import { sql } from 'kysely';
import type { Db } from '../../db/transaction';

export interface DemoResults {
  readonly events: number;
  readonly enrollments: readonly { journey: string; status: string; count: number }[];
  readonly messages: readonly { journey: string; channel: string; status: string; count: number }[];
  readonly skipped: readonly { journey: string; reason: string; count: number }[];
  readonly refused: readonly { journey: string; reason: string; count: number }[];
  readonly segments: readonly {
    segment: string;
    entered: number;
    left: number;
    members: number;
  }[];
  readonly winBack: readonly {
    group: string;
    customers: number;
    purchased: number;
  }[];
}

/** How long after a win-back message a purchase counts as having followed it. */
const WINDOW_DAYS = 30;

/**
 * What the demo's run came to. Win-backs are counted by first intent to send a customer, in the
 * group that got the message and in the holdout alike, so that the two can be compared.
 */
export async function readResults(db: Db): Promise<DemoResults> {
  const events = await sql<{ count: number }>`
    select count(*) as count from events where type = 'track'`.execute(db);
  const enrollments = await sql<DemoResults['enrollments'][number]>`
    select journey, status, count(*) as count from enrollments group by 1, 2 order by 1, 2`.execute(
    db,
  );
  const messages = await sql<DemoResults['messages'][number]>`
    select journey, channel, status, count(*) as count from messages
    group by 1, 2, 3 order by 1, 2, 3`.execute(db);
  const skipped = await sql<DemoResults['skipped'][number]>`
    select journey, reason, count(*) as count from decisions where outcome = 'skip'
    group by 1, 2 order by 1, 3 desc`.execute(db);
  const refused = await sql<DemoResults['refused'][number]>`
    select journey, reason, count(*) as count from entry_refusals
    group by 1, 2 order by 1, 3 desc`.execute(db);
  const segments = await sql<DemoResults['segments'][number]>`
    select s.name as segment,
      count(*) filter (where e.name = 'Segment Entered') as entered,
      count(*) filter (where e.name = 'Segment Left') as left,
      (select count(*) from segment_members m where m.segment = s.name) as members
    from segments s left join events e
      on e.type = 'segment' and e.properties ->> 'segment' = s.name
    group by s.name order by s.name`.execute(db);
  const winBack = await sql<DemoResults['winBack'][number]>`
    with intents as (
      select distinct on (customer_id) customer_id, decided_at,
        case when outcome = 'send' then 'got a win-back' else 'held out' end as "group"
      from decisions
      where journey = 'winBack' and (outcome = 'send' or reason = 'holdout')
      order by customer_id, decided_at
    )
    select i."group", count(*) as customers,
      count(*) filter (where exists (
        select from events e
        where e.customer_id = i.customer_id and e.name = 'Order Completed'
          and e.occurred_at > i.decided_at
          and e.occurred_at <= i.decided_at + make_interval(days => ${WINDOW_DAYS}))) as purchased
    from intents i group by 1 order by 1`.execute(db);
  return {
    events: events.rows[0]?.count ?? 0,
    enrollments: enrollments.rows,
    messages: messages.rows,
    skipped: skipped.rows,
    refused: refused.rows,
    segments: segments.rows,
    winBack: winBack.rows,
  };
}

/** The results as tables for a terminal. */
export function showResults(results: DemoResults): string {
  const { enrollments, messages, skipped, refused, segments, winBack } = results;
  const share = ({ customers, purchased }: { customers: number; purchased: number }) =>
    customers === 0 ? '-' : `${((100 * purchased) / customers).toFixed(1)} %`;
  return [
    section(
      'Enrollments',
      ['journey', 'ended as', 'count'],
      enrollments.map((row) => [row.journey, row.status, row.count]),
    ),
    section(
      'Messages',
      ['journey', 'channel', 'status', 'count'],
      messages.map((row) => [row.journey, row.channel, row.status, row.count]),
    ),
    section(
      'Not sent, and why',
      ['journey', 'reason', 'count'],
      skipped.map((row) => [row.journey, row.reason, row.count]),
    ),
    section(
      'Not let in, and why',
      ['journey', 'reason', 'count'],
      refused.map((row) => [row.journey, row.reason, row.count]),
    ),
    section(
      'Segments',
      ['segment', 'entered', 'left', 'in it at the end'],
      segments.map((row) => [row.segment, row.entered, row.left, row.members]),
    ),
    section(
      `Win-backs followed by a purchase within ${WINDOW_DAYS} days`,
      ['group', 'customers', 'purchased', 'share'],
      winBack.map((row) => [row.group, row.customers, row.purchased, share(row)]),
    ),
  ].join('\n');
}

type Cell = string | number;

function section(
  title: string,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
): string {
  if (rows.length === 0) return `${title}\n  none\n`;
  const lines = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, at) => Math.max(...lines.map((line) => (line[at] ?? '').length)));
  const format = (line: readonly string[], row: readonly Cell[]) =>
    `  ${line
      .map((cell, at) => {
        const width = widths[at] ?? 0;
        return typeof row[at] === 'number' ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd()}`;
  const body = rows.map((row, at) => format(lines[at + 1] ?? [], row));
  const rule = `  ${widths.map((width) => '-'.repeat(width)).join('  ')}`;
  return [title, format(head, head), rule, ...body, ''].join('\n');
}
