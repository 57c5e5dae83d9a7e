import type { Population } from '../load/events';
import { compare, type Sample } from '../report/compare';
import type { Row } from '../report/row';
import { until } from '../stage/until';
import type { BenchCase, CaseContext } from './bench-case';
import { whileHeld } from './hold';
import { inTurn } from './in-turn';
import { measured } from './measured';
import { bothSides, newPopulation, type Side } from './sides';

/** As many calls at a time as the relay makes: see SIGNALS_AT_ONCE and STARTS_AT_ONCE there. */
const SIGNALS_AT_ONCE = 32;
const STARTS_AT_ONCE = 8;

/**
 * What the relay carries from the outbox to Temporal, beside a client that makes the same calls.
 * Signals are carried while the workers are held, so that only the carrying is measured; starts
 * cannot be, since the relay holds them back when workers do not keep up.
 */
export const relay: BenchCase = {
  name: 'relay',
  title: 'Outbox rows carried to Temporal',
  run: runRelay,
};

async function runRelay(context: CaseContext): Promise<readonly Row[]> {
  const { quick, stage, say } = context;
  say('starting all roles');
  const sides = await bothSides(stage);
  const load = await stage.load();
  const relayProcess = await stage.ours.relay();
  const size = quick ? 60 : 1_000;
  /** Who has been started last on each side, and can be signalled. */
  const parked: { bare: Population; ours: Population } = {
    bare: newPopulation('relay', size),
    ours: newPopulation('relay', size),
  };

  async function bareStarts(): Promise<Sample> {
    const population = newPopulation('relay', size);
    parked.bare = population;
    const given = { door: sides.bare.door, story: 'parked' as const, population, deliveries: 0 };
    return sampleOf(sides.bare, size, async () => {
      await load.call('startAll', { ...given, concurrency: STARTS_AT_ONCE });
    });
  }

  async function ourStarts(): Promise<Sample> {
    const population = newPopulation('relay', size);
    parked.ours = population;
    const given = { door: sides.ours.door, story: 'parked' as const, population };
    await whileHeld([relayProcess], () => load.call('startInBatches', given));
    return sampleOf(sides.ours, size, () => untilCarried(stage));
  }

  const wake = (side: Side, population: Population) =>
    load.call('wakeAll', {
      door: side.door,
      story: 'parked',
      population,
      concurrency: SIGNALS_AT_ONCE,
      deliveries: 0,
    });

  function bareSignals(): Promise<Sample> {
    return whileHeld([sides.bare.worker], () =>
      sampleOf(sides.bare, size, async () => void (await wake(sides.bare, parked.bare))),
    );
  }

  function ourSignals(): Promise<Sample> {
    return whileHeld([sides.ours.worker], async () => {
      await whileHeld([relayProcess], () => wake(sides.ours, parked.ours));
      return sampleOf(sides.ours, size, () => untilCarried(stage));
    });
  }

  const starts = await inTurn(context, { bare: bareStarts, ours: ourStarts });
  say('letting the workers come to rest');
  await new Promise((resolve) => setTimeout(resolve, quick ? 1_000 : 10_000));
  const signals = await inTurn(context, { bare: bareSignals, ours: ourSignals });
  const row = (what: string, taken: typeof starts) =>
    compare({ case: 'relay', what, unit: 'rows/s', ...taken });
  return [
    row(`Relay, signals, ${SIGNALS_AT_ONCE} calls at a time`, signals),
    row(`Relay, starts held back by the workers' backlog`, starts),
  ];
}

async function sampleOf(side: Side, units: number, work: () => Promise<void>): Promise<Sample> {
  const began = performance.now();
  const { cpu } = await measured(side.watched, work);
  return { value: units / ((performance.now() - began) / 1000), units, cpu };
}

/** Until nothing waits to be carried. */
export async function untilCarried(stage: CaseContext['stage'], seconds = 1_800): Promise<void> {
  const pool = await stage.ours.pool();
  const empty = async () => {
    const { rowCount } = await pool.query(
      'select from outbox where dead_lettered_at is null limit 1',
    );
    return rowCount === 0;
  };
  await until('an empty outbox', empty, { seconds, everyMs: 10 });
}
