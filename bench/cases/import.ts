import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeOrders } from '../load/order-file';
import { compare, type Sample } from '../report/compare';
import type { Row } from '../report/row';
import { atMost } from '../report/targets';
import { runCommand, type Ran } from '../stage/run-command';
import type { BenchCase, CaseContext } from './bench-case';
import { inTurn } from './in-turn';
import { measured } from './measured';

/** Memory counts as flat when the whole file takes at most so many times what its begin took. */
const FLAT = 1.25;
/** What counts as the begin of a million rows. */
const BEGIN = 0.1;
/** The bare side follows only where ours took less, so that the case ends in a quarter of an hour. */
const MAX_SECONDS = 600;
const MEGABYTE = 1024 ** 2;

interface Taken {
  readonly rate: Sample;
  readonly megabytes: Sample;
  readonly ran: Ran;
}

interface Runs {
  readonly bare: () => Promise<Taken>;
  readonly ours: () => Promise<Taken>;
}

/**
 * A file of events, by `throughline import` and by a bare script: each a process from its start to
 * its end, on one Postgres.
 */
export const importFile: BenchCase = {
  name: 'import',
  title: 'Import of a file of events',
  async run(context) {
    const rows = context.quick ? 5_000 : 100_000;
    const runs = await runsOf(context, rows);
    return rowsOf(
      'import',
      rows,
      await inTurn(context, { bare: () => runs.bare(), ours: () => runs.ours() }),
    );
  },
};

/** The same with ten times the rows, once, and whether memory stays flat meanwhile. */
export const importMillion: BenchCase = {
  name: 'import-million',
  title: 'Import of a large file of events',
  run: runMillion,
};

async function runMillion(context: CaseContext): Promise<readonly Row[]> {
  const rows = context.quick ? 50_000 : 1_000_000;
  const runs = await runsOf(context, rows);
  const ours = await runs.ours();
  const bare = ours.ran.seconds < MAX_SECONDS ? [await runs.bare()] : [];
  const { seconds, readings, peakBytes } = ours.ran;
  const begin = readings.filter(({ at }) => at <= seconds * BEGIN).map(({ bytes }) => bytes);
  const growth = peakBytes / Math.max(...begin);
  return [
    ...rowsOf('import-million', rows, { bare, ours: [ours] }),
    {
      case: 'import-million',
      what: `Import of ${figure(rows)} events, peak memory over that of its first tenth`,
      unit: 'times',
      bare: null,
      ours: growth,
      ratios: [],
      runs: { bare: [], ours: [growth] },
      target: atMost(FLAT, 'times')({ ours: growth, ratio: Number.NaN }),
    },
  ];
}

async function runsOf(context: CaseContext, rows: number): Promise<Runs> {
  const { stage, say } = context;
  const bareUrl = await stage.database('bare');
  const command = await stage.ours.command();
  let files = 0;

  /** Every run has a file of its own: what was imported once has no effect again. */
  async function run(side: 'bare' | 'ours', work: (file: string) => Promise<Ran>): Promise<Taken> {
    const name = `${side}-${rows}-${++files}`;
    const file = join(stage.folder, `${name}.csv`);
    await writeOrders(file, name, rows);
    const { result: ran, cpu } = await measured([stage.postgres], () => work(file));
    await rm(file);
    if (side === 'ours') await assertImported(context, name, rows);
    say(`${figure(rows)} rows in ${ran.seconds.toFixed(1)} s, ${side}`);
    return {
      rate: { value: rows / ran.seconds, units: rows, cpu: { ...cpu, ...ran.cpu } },
      megabytes: { value: ran.peakBytes / MEGABYTE, units: rows, cpu: {} },
      ran,
    };
  }

  const logFile = join(stage.folder, 'import.log');
  const bare = (file: string) =>
    runCommand([require.resolve('../bare/importer'), bareUrl, file], {
      name: 'import',
      logFile,
      env: stage.environment,
    });
  return {
    bare: () => run('bare', bare),
    ours: () => run('ours', (file) => command(['import', 'events', file], 'import')),
  };
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

function rowsOf(
  name: string,
  rows: number,
  { bare, ours }: Readonly<Record<'bare' | 'ours', readonly Taken[]>>,
): readonly Row[] {
  const what = `Import of ${figure(rows)} events`;
  const rates = { bare: bare.map(({ rate }) => rate), ours: ours.map(({ rate }) => rate) };
  const memory = {
    bare: bare.map(({ megabytes }) => megabytes),
    ours: ours.map(({ megabytes }) => megabytes),
  };
  return [
    compare({ case: name, what, unit: 'rows/s', ...rates }),
    compare({ case: name, what: `${what}, peak memory`, unit: 'MB', ...memory }),
  ];
}

function figure(count: number): string {
  return count.toLocaleString('en');
}
