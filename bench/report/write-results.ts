import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CaseResults, Results } from './results';
import { spreadOf, tableOf, verdictOf } from './table';

/** `full` is what may stand in the table. */
export type ResultsKind = 'full' | 'quick' | 'cluster' | 'profiled';

const BEGIN = '<!-- figures: written by npm run bench -->';
const END = '<!-- end of figures -->';

/** Keeps everything that was measured as JSON. @returns the file */
export function writeResults(folder: string, kind: ResultsKind, results: Results): string {
  const rows = results.rows.map((row) => ({
    ...row,
    spread: { bare: spreadOf(row.runs.bare), ours: spreadOf(row.runs.ours) },
  }));
  return writeJson(folder, kind, { ...results, rows });
}

/** @returns the file, named after the moment and the kind */
export function writeJson(
  folder: string,
  kind: string,
  results: { readonly at: string; readonly [name: string]: unknown },
): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${results.at.slice(0, 19).replaceAll(':', '-')}-${kind}.json`);
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
  return file;
}

/** Puts the table in place of the one that stands between the markers of bench/README.md. */
export function publish(
  readme: string,
  { cases, latest }: { readonly cases: readonly CaseResults[]; readonly latest: Results },
): void {
  const text = readFileSync(readme, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) {
    throw new Error(
      `Found no place for the table in ${readme}; expected the lines '${BEGIN}' and '${END}'. Put them back.`,
    );
  }
  writeFileSync(readme, `${before}${BEGIN}\n\n${sectionOf(cases, latest)}\n\n${END}${after}`);
}

function sectionOf(cases: readonly CaseResults[], { server, machine }: Results): string {
  const { processor, cores, memoryGb, versions } = machine;
  const rows = cases.flatMap((each) => each.rows);
  return [
    `Medians of runs that took turns. ${cores} cores of ${processor}, ${memoryGb} GB; Node ${versions['node']}; Temporal: ${server}.`,
    tableOf(rows),
    `**${verdictOf(rows).line}**`,
    `Measured, with the share of the processors that the machine's host kept for others meanwhile: ${cases.map(whenOf).join('; ')}.`,
  ].join('\n\n');
}

function whenOf({ name, at, repeats, stolen }: CaseResults): string {
  return `${name} ${at.slice(0, 10)}, ${repeats} runs of each side, ${Math.round(stolen * 100)} %`;
}
