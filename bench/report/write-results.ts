import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from './machine';
import type { Row } from './row';
import { spreadOf, tableOf, verdictOf } from './table';

export interface Results {
  readonly at: string;
  /** True where counts were small, so that figures are rough. */
  readonly quick: boolean;
  readonly server: string;
  readonly repeats: number;
  readonly machine: Machine;
  readonly rows: readonly Row[];
}

const BEGIN = '<!-- figures: written by npm run bench -->';
const END = '<!-- end of figures -->';

/** Keeps everything that was measured as JSON. @returns the file */
export function writeResults(folder: string, results: Results): string {
  const rows = results.rows.map((row) => ({
    ...row,
    spread: { bare: spreadOf(row.runs.bare), ours: spreadOf(row.runs.ours) },
  }));
  return writeJson(folder, results.quick ? 'quick' : 'full', { ...results, rows });
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
export function publish(readme: string, results: Results): void {
  const text = readFileSync(readme, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) {
    throw new Error(
      `Found no place for the table in ${readme}; expected the lines '${BEGIN}' and '${END}'. Put them back.`,
    );
  }
  writeFileSync(readme, `${before}${BEGIN}\n\n${sectionOf(results)}\n\n${END}${after}`);
}

function sectionOf({ at, quick, server, repeats, machine, rows }: Results): string {
  const { processor, cores, memoryGb, versions } = machine;
  const rough = quick ? 'Rough figures of a quick run with small counts. ' : '';
  return [
    `${rough}Measured ${at.slice(0, 10)}, ${repeats} runs of each side in turn, medians. ${cores} cores of ${processor}, ${memoryGb} GB; Node ${versions['node']}; Temporal: ${server}.`,
    tableOf(rows),
    `**${verdictOf(rows).line}**`,
  ].join('\n\n');
}
