import type { JourneyResult } from '../load/journey-load';
import { compare, type Sample } from '../report/compare';
import type { Row } from '../report/row';
import { atLeast } from '../report/targets';
import type { BenchCase, CaseContext } from './bench-case';
import { inTurn } from './in-turn';
import { measured } from './measured';
import { bothSides, makeKnown, newPopulation, type Side } from './sides';

/** What `CPU a journey` counts on both sides: what every journey needs, whoever asks for it. */
const COUNTED = ['server', "server's postgres", 'worker', 'postgres'] as const;

/** So many journeys under way at a time are tried, to find where the server has enough to do. */
const CONCURRENCIES = [16, 24, 32, 48] as const;
/** Beyond this the server starves running journeys, and a higher rate is worth nothing. */
const MAX_REACTION_MS = 2_000;

interface JourneyRun extends Sample {
  readonly p99: number;
}

/** `send, waitFor, send` from the first event over HTTP to the last call of the provider. */
export const journeys: BenchCase = {
  name: 'journeys',
  title: 'Journeys a second, and the CPU of each',
  run: runJourneys,
};

async function runJourneys(context: CaseContext): Promise<readonly Row[]> {
  const { quick, stage, say } = context;
  say('starting all roles');
  const { bare, ours } = await bothSides(stage);
  say('warming up');
  await runOne(context, bare, { size: quick ? 12 : 100, concurrency: 8 });
  await runOne(context, ours, { size: quick ? 12 : 100, concurrency: 8 });
  const concurrency = quick ? 24 : await concurrencyFor(context, bare);
  const size = quick ? 48 : 600;
  const taken = await inTurn(context, {
    bare: () => runOne(context, bare, { size, concurrency }),
    ours: () => runOne(context, ours, { size, concurrency }),
  });
  const what = `Journeys (send, wait, send), ${concurrency} at a time`;
  const cpuOf = (runs: readonly JourneyRun[]) =>
    runs.map((run) => ({ ...run, value: journeyCpu(run) }));
  return [
    compare({
      case: 'journeys',
      what,
      unit: 'journeys/s',
      ...taken,
      target: atLeast(0.75),
    }),
    compare({
      case: 'journeys',
      what: 'CPU a journey: server, worker, Postgres',
      unit: 'CPU-ms',
      bare: cpuOf(taken.bare),
      ours: cpuOf(taken.ours),
    }),
  ];
}

function journeyCpu({ cpu, units }: Sample): number {
  return COUNTED.reduce((sum, name) => sum + (cpu[name] ?? 0), 0) / units;
}

async function runOne(
  { stage }: CaseContext,
  side: Side,
  { size, concurrency }: { readonly size: number; readonly concurrency: number },
): Promise<JourneyRun> {
  const load = await stage.load();
  const population = newPopulation('journey', size);
  await makeKnown(stage, side, population);
  const { result, cpu } = await measured(side.watched, async () => {
    const done: JourneyResult = await load.call('sendJourneyLoad', {
      door: side.door,
      population,
      concurrency,
    });
    await untilCompleted(stage, side, population);
    return done;
  });
  const { journeys: count, seconds, p99 } = result;
  return { value: count / seconds, units: count, cpu, p99 };
}

/** A journey counts once it is completed, which is some moments after its last message. */
async function untilCompleted(
  stage: CaseContext['stage'],
  side: Side,
  population: { readonly prefix: string; readonly size: number },
): Promise<void> {
  if (side.door.side === 'bare') return;
  const pool = await stage.ours.pool();
  const deadline = Date.now() + 30_000;
  for (;;) {
    const { rows } = await pool.query<{ count: number }>(
      `select count(*)::int as count from enrollments e join identifiers i using (customer_id)
       where i.kind = 'user_id' and i.value like $1 and e.status = 'completed'`,
      [`${population.prefix}%`],
    );
    const count = rows[0]?.count ?? 0;
    if (count === population.size) return;
    if (Date.now() > deadline) {
      throw new Error(
        `Found ${count} completed journeys of ${population.size}; expected all. See why in the Web UI.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The least that gives the bare side its highest rate, within a twentieth, without starving it. */
async function concurrencyFor(context: CaseContext, bare: Side): Promise<number> {
  const tried: { readonly concurrency: number; readonly rate: number }[] = [];
  for (const concurrency of CONCURRENCIES) {
    context.say(`looking for the concurrency: ${concurrency}`);
    const { value, p99 } = await runOne(context, bare, { size: 8 * concurrency, concurrency });
    if (p99 <= MAX_REACTION_MS || tried.length === 0) tried.push({ concurrency, rate: value });
  }
  const best = Math.max(...tried.map(({ rate }) => rate));
  return tried.find(({ rate }) => rate >= 0.95 * best)?.concurrency ?? 24;
}
