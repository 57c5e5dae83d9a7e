import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeOrders } from '../load/order-file';
import { compare, type Sample } from '../report/compare';
import type { Row } from '../report/row';
import { median } from '../report/statistics';
import { atMost } from '../report/targets';
import { runCommand, type Ran } from '../stage/run-command';
import type { BenchCase, CaseContext } from './bench-case';
import { inTurn } from './in-turn';
import { measured } from './measured';

/** Memory counts as flat when ten times the rows take at most so many times as much. */
const FLAT = 1.25;
const MEGABYTE = 1024 ** 2;

interface Taken {
  readonly rate: Sample;
  readonly megabytes: Sample;
}

type Sides = Readonly<Record<'bare' | 'ours', readonly Taken[]>>;

/**
 * A file of events, by `throughline import` and by a bare script: each a process from its start to
 * its end, on one Postgres. The larger file is imported once by each side.
 */
export const importFiles: BenchCase = {
  name: 'import',
  title: 'Import of a file of events',
  run: runImport,
};

async function runImport(context: CaseContext): Promise<readonly Row[]> {
  const { quick } = context;
  const [few, many] = quick ? [5_000, 50_000] : [100_000, 1_000_000];
  const small = await importBoth(context, few);
  const large = await importBoth({ ...context, repeats: 1 }, many);
  const peaks = (sides: Sides) => sides.ours.map(({ megabytes }) => megabytes.value);
  const growth = median(peaks(large)) / median(peaks(small));
  return [
    ...rowsOf(few, small),
    ...rowsOf(many, large),
    {
      case: 'import',
      what: `Peak memory of an import, from ${figure(few)} to ${figure(many)} events`,
      unit: 'times',
      bare: null,
      ours: growth,
      ratios: [],
      runs: { bare: [], ours: [growth] },
      target: atMost(FLAT, 'times')({ ours: growth, ratio: Number.NaN }),
    },
  ];
}

async function importBoth(context: CaseContext, rows: number): Promise<Sides> {
  const { stage, say } = context;
  const bareUrl = await stage.database('bare');
  const command = await stage.ours.command();
  let files = 0;

  /** Every run has a file of its own: what was imported once has no effect again. */
  async function run(side: 'bare' | 'ours', work: (file: string) => Promise<Ran>): Promise<Taken> {
    const name = `${side}-${rows}-${++files}`;
    const file = join(stage.folder, `${name}.csv`);
    await writeOrders(file, name, rows);
    const { result, cpu } = await measured([stage.postgres], () => work(file));
    await rm(file);
    if (side === 'ours') await assertImported(context, name, rows);
    const all = { ...cpu, ...result.cpu };
    say(`${figure(rows)} rows in ${result.seconds.toFixed(1)} s, ${side}`);
    return {
      rate: { value: rows / result.seconds, units: rows, cpu: all },
      megabytes: { value: result.peakBytes / MEGABYTE, units: rows, cpu: {} },
    };
  }

  const logFile = join(stage.folder, 'import.log');
  return inTurn(context, {
    bare: () =>
      run('bare', (file) =>
        runCommand([require.resolve('../bare/importer'), bareUrl, file], {
          name: 'import',
          logFile,
          env: stage.environment,
        }),
      ),
    ours: () => run('ours', (file) => command(['import', 'events', file], 'import')),
  });
}

/** A figure for rows that were not stored would be a figure of nothing. */
async function assertImported({ stage }: CaseContext, name: string, rows: number): Promise<void> {
  const pool = await stage.ours.pool();
  const { rows: found } = await pool.query<{ events: number; started: number }>(
    `select (select count(*)::int from events where properties->>'order_id' like $1) as events,
       (select count(*)::int from outbox) as started`,
    [`${name}-%`],
  );
  if (found[0]?.events === rows && found[0].started === 0) return;
  throw new Error(
    `Found ${found[0]?.events} events of ${rows} rows, and ${found[0]?.started} rows in the outbox; expected all of them, and none.`,
  );
}

function rowsOf(rows: number, { bare, ours }: Sides): readonly Row[] {
  return [
    compare({
      case: 'import',
      what: `Import of ${figure(rows)} events`,
      unit: 'rows/s',
      bare: bare.map(({ rate }) => rate),
      ours: ours.map(({ rate }) => rate),
    }),
    compare({
      case: 'import',
      what: `Import of ${figure(rows)} events, peak memory`,
      unit: 'MB',
      bare: bare.map(({ megabytes }) => megabytes),
      ours: ours.map(({ megabytes }) => megabytes),
    }),
  ];
}

function figure(count: number): string {
  return count.toLocaleString('en');
}
