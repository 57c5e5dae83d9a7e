import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CaseResults, Results } from './results';

/**
 * The newest whole measurement of each case, from the results that `npm run bench` has left. Each
 * case has servers of its own, so that cases that were run one by one stand beside each other.
 *
 * @param names of the cases, in the order wanted; one that was never measured is left out
 */
export function newestResults(
  folder: string,
  names: readonly string[],
): { readonly cases: readonly CaseResults[]; readonly latest: Results } | undefined {
  const all = readdirSync(folder)
    .filter((name) => name.endsWith('-full.json'))
    .toSorted()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Results);
  const latest = all.at(-1);
  if (latest === undefined) return undefined;
  const cases = names.flatMap((name): CaseResults[] => {
    const found = all.findLast(({ rows }) => rows.some((row) => row.case === name));
    if (found === undefined) return [];
    const { at, repeats, stolen, rows } = found;
    return [{ name, at, repeats, stolen, rows: rows.filter((row) => row.case === name) }];
  });
  return { cases, latest };
}
