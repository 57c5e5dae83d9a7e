import { join } from 'node:path';
import { Command } from 'commander';
import { readConfig } from '../src/config';
import { reportFailure } from '../src/cli/report-failure';
import { makeLoad } from './load';
import { runFaults } from './run';
import { beginLog } from './run-log';
import { makeSchedule } from './schedule';

interface Options {
  readonly quick?: true;
  readonly calm?: true;
  readonly seed: string;
  readonly customers?: string;
}

/** The size of a run. `rounds` is how often each fault occurs. */
const QUICK = { customers: 240, faultsMs: 55_000, rounds: 1, restMs: 400_000, stillMs: 60_000 };
const WHOLE = { customers: 2_000, faultsMs: 300_000, rounds: 4, restMs: 900_000, stillMs: 90_000 };

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main({ quick, calm, seed: given, customers }: Options): Promise<void> {
  const size = quick === true ? QUICK : WHOLE;
  const seed = wholeNumber('--seed', given);
  const { cacheDir, searchPath, TEMPORAL_CLI: temporalCli } = readConfig();
  const outcome = await runFaults({
    seed,
    customers: makeLoad(
      seed,
      customers === undefined ? size.customers : wholeNumber('--customers', customers),
    ),
    loadMs: size.faultsMs,
    tracks: calm === true ? [] : makeSchedule(seed, size.faultsMs, size.rounds),
    restMs: size.restMs,
    stillMs: size.stillMs,
    log: beginLog(join(__dirname, 'last-run'), say),
    cacheDir,
    searchPath,
    temporalCli,
  });
  say(outcome.line);
  process.exitCode = outcome.proven ? 0 : 1;
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`Found ${option} ${text}; expected a whole number above 0. Give one.`);
}

// The child processes of a run end with it, also when it is interrupted.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

new Command('faults')
  .description('Sends events while everything fails in turn, and proves what the system kept.')
  .option('--quick', 'a few hundred customers, in less than three minutes')
  .option('--calm', 'without any fault, to see where everything should end')
  .option('--seed <n>', 'decides the load and the faults', '1')
  .option('--customers <n>', 'other than 2,000, or 240 with --quick')
  .action(main)
  .parseAsync()
  .catch((error: unknown) => {
    reportFailure(error);
    process.exitCode = 1;
  });
