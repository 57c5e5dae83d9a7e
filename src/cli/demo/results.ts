import type { Db } from '../../db/transaction';
import {
  compareWithHoldout,
  type ComparedGroup,
  type HoldoutComparison,
} from '../../measurement/holdout-comparison';
import { reportRun, type RunReport } from '../../measurement/run-report';

export interface DemoResults {
  readonly run: RunReport;
  readonly winBack: HoldoutComparison;
}

/** Purchases within this many days after a win-back count. */
const WINDOW_DAYS = 30;

export async function readResults(db: Db): Promise<DemoResults> {
  return {
    run: await reportRun(db),
    winBack: await compareWithHoldout(db, 'winBack', `${WINDOW_DAYS} days`),
  };
}

/** Formats the results as tables for a terminal. */
export function showResults({ run, winBack }: DemoResults): string {
  return [
    section(
      'Enrollments',
      ['journey', 'ended as', 'count'],
      run.enrollments.map((row) => [row.journey, row.status, row.count]),
    ),
    section(
      'Messages',
      ['journey', 'channel', 'status', 'count'],
      run.messages.map((row) => [row.journey, row.channel, row.status, row.count]),
    ),
    section(
      'Decisions not to send',
      ['journey', 'reason', 'count'],
      run.skipped.map((row) => [row.journey, row.reason, row.count]),
    ),
    section(
      'Refused entries',
      ['journey', 'reason', 'count'],
      run.refused.map((row) => [row.journey, row.reason, row.count]),
    ),
    section(
      'Segments',
      ['segment', 'entered', 'left', 'members at the end'],
      run.segments.map((row) => [row.segment, row.entered, row.left, row.members]),
    ),
    section(
      `Win-backs followed by a purchase within ${WINDOW_DAYS} days`,
      ['group', 'customers', 'purchased', 'share'],
      [...groupRow('got a win-back', winBack.contacted), ...groupRow('holdout', winBack.heldOut)],
    ),
    ...upliftLine(winBack),
  ].join('\n');
}

function groupRow(
  name: string,
  { customers, purchased, rate }: ComparedGroup,
): readonly (readonly Cell[])[] {
  return rate === null ? [] : [[name, customers, purchased, percent(rate)]];
}

function upliftLine({ uplift }: HoldoutComparison): readonly string[] {
  if (uplift === null) return [];
  const { estimate, low, high } = uplift;
  return [
    `Effect on the share: ${points(estimate)} points (95 % interval ${points(low)} to ${points(high)})\n`,
  ];
}

function percent(share: number): string {
  return `${points(share)} %`;
}

function points(share: number): string {
  return (100 * share).toFixed(1);
}

type Cell = string | number;

function section(
  title: string,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
): string {
  if (rows.length === 0) return `${title}\n  none\n`;
  const lines = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? '').length)),
  );
  const format = (line: readonly string[], row: readonly Cell[]) =>
    `  ${line
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return typeof row[column] === 'number' ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd()}`;
  const body = rows.map((row, index) => format(lines[index + 1] ?? [], row));
  const rule = `  ${widths.map((width) => '-'.repeat(width)).join('  ')}`;
  return [title, format(head, head), rule, ...body, ''].join('\n');
}
