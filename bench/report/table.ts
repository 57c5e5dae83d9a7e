import type { CpuMs } from '../stage/cpu-time';
import type { Row } from './row';
import { median } from './statistics';

const HEAD = [
  'Case',
  'Unit',
  'Bare',
  'Throughline',
  'Ratio (of each pair)',
  'CPU-ms a unit, bare',
  'CPU-ms a unit, Throughline',
  'Target',
  'Met',
] as const;

/** The rows as a Markdown table. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => [
    row.what,
    row.unit,
    row.bare === null ? '' : figure(row.bare),
    figure(row.ours),
    ratioOf(row),
    cpuOf(row.cpu?.bare),
    cpuOf(row.cpu?.ours),
    row.target?.text ?? '',
    row.target === undefined ? '' : row.target.met ? 'yes' : '**no**',
  ]);
  const widths = HEAD.map((name, at) =>
    Math.max(name.length, ...lines.map((line) => line[at]?.length ?? 0)),
  );
  const row = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [row(HEAD), row(widths.map((width) => '-'.repeat(width))), ...lines.map(row)].join('\n');
}

/** `targets met: 7 of 9`; only rows that have a target count. */
export function verdictOf(rows: readonly Row[]): {
  readonly line: string;
  readonly allMet: boolean;
} {
  const targets = rows.flatMap(({ target }) => (target === undefined ? [] : [target]));
  const met = targets.filter((target) => target.met).length;
  return { line: `targets met: ${met} of ${targets.length}`, allMet: met === targets.length };
}

/** Three significant digits are more than a busy machine gives. */
function figure(value: number): string {
  if (!Number.isFinite(value)) return 'none';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}

function ratioOf({ bare, ours, ratios }: Row): string {
  if (bare === null || bare === 0) return '';
  const middle = `${(ours / bare).toFixed(2)}x`;
  if (ratios.length < 2) return middle;
  return `${(ours / bare).toFixed(2)}x (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`;
}

/** The sum, then each process that took part in it. */
function cpuOf(cpu: CpuMs | undefined): string {
  const parts = Object.entries(cpu ?? {}).filter(([, ms]) => ms > 0);
  if (parts.length === 0) return '';
  const sum = parts.reduce((total, [, ms]) => total + ms, 0);
  return `${figure(sum)} (${parts.map(([name, ms]) => `${name} ${figure(ms)}`).join(', ')})`;
}

/** The spread of one side's runs as a share of their median, for the results file. */
export function spreadOf(runs: readonly number[]): number {
  if (runs.length === 0) return 0;
  return (Math.max(...runs) - Math.min(...runs)) / median(runs);
}
