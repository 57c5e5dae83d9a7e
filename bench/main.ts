import { resolve } from 'node:path';
import { Command } from 'commander';
import { readConfig } from '../src/config';
import { benchCases } from './cases';
import { machineFacts, processorTicks, stolenSince } from './report/machine';
import { newestResults } from './report/newest-results';
import { tableOf, verdictOf } from './report/table';
import { publish, writeResults, type ResultsKind } from './report/write-results';
import type { Results } from './report/results';
import { runCases } from './run-cases';

interface Options {
  readonly quick?: true;
  readonly cluster?: true;
  readonly case?: readonly string[];
  readonly repeats?: string;
  readonly profile?: true;
  readonly publish: boolean;
}

const names = benchCases.map(({ name }) => name);
/** npm runs a script at the root of the package. */
const FOLDER = resolve('bench');

new Command('bench')
  .description('Measures Throughline beside the bare limits of what it stands on.')
  .option('--quick', 'small counts and rough figures, in less than three minutes')
  .option('--cluster', 'on a Temporal server with Postgres, built from source')
  .option('--case <name...>', `only these: ${names.join(', ')}`)
  .option('--repeats <n>', 'how often each side is run (3; with --quick 1)')
  .option('--profile', 'leave CPU profiles of our processes in bench/results/profiles')
  .option('--no-publish', 'leave the table in bench/README.md as it is')
  .action(main)
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });

async function main(options: Options): Promise<void> {
  const quick = options.quick === true;
  const unknown = (options.case ?? []).filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new Error(
      `Found no case named ${unknown.join(', ')}; expected some of ${names.join(', ')}.`,
    );
  }
  const chosen = benchCases.filter(({ name }) => options.case?.includes(name) ?? true);
  const repeats = repeatsOf(options.repeats ?? (quick ? '1' : '3'));
  const machine = machineFacts();
  const before = processorTicks();
  const kind = kindOf(options);
  const folder = resolve(FOLDER, 'results');
  const at = new Date().toISOString();
  let kept: { readonly results: Results; readonly file: string } | undefined;
  const failed = await runCases(chosen, {
    quick,
    repeats,
    cluster: options.cluster === true,
    config: readConfig(),
    profileFolder: options.profile === true ? resolve(folder, 'profiles') : undefined,
    keep(measured) {
      const results = { at, quick, repeats, stolen: stolenSince(before), machine, ...measured };
      kept = { results, file: writeResults(folder, kind, results) };
      const newest = kind === 'full' && options.publish ? newestResults(folder, names) : undefined;
      if (newest !== undefined) publish(resolve(FOLDER, 'README.md'), newest);
    },
  });
  if (failed.length > 0) {
    console.error(`These cases failed; see why above: ${failed.join(', ')}.`);
    process.exitCode = 1;
  }
  if (kept !== undefined) tell(kept.results, kept.file);
}

/** Only the whole thing on the usual server may stand in the table. */
function kindOf({ quick, cluster, profile }: Options): ResultsKind {
  if (profile === true) return 'profiled';
  if (quick === true) return 'quick';
  return cluster === true ? 'cluster' : 'full';
}

function tell({ rows, quick, stolen }: Results, file: string): void {
  const { line, allMet } = verdictOf(rows);
  console.log(`\n${tableOf(rows)}\n`);
  if (quick) console.log('Quick: small counts, so these figures are rough.');
  console.log(
    `The host of this machine kept ${Math.round(stolen * 100)} % of the processors for others meanwhile.`,
  );
  console.log(`Everything measured: ${file}`);
  console.log(line);
  if (!allMet) process.exitCode = 1;
}

function repeatsOf(text: string): number {
  const repeats = Number(text);
  if (Number.isInteger(repeats) && repeats > 0) return repeats;
  throw new Error(`Found --repeats ${text}; expected a whole number above 0.`);
}
