import type { Client } from '@temporalio/client';
import { createBacklog } from '../../src/outbox/relay/task-backlog';
import { compare } from '../report/compare';
import type { Row } from '../report/row';
import { atMost, atMostTimes } from '../report/targets';
import { TASK_QUEUE as BARE_QUEUE } from '../stage/bare';
import { TASK_QUEUE, WRITE_KEY } from '../stage/ours';
import { temporalClient } from '../stage/temporal-client';
import { until } from '../stage/until';
import { fillEvents } from '../stage/fill-events';
import type { BenchCase, CaseContext } from './bench-case';
import { inTurn } from './in-turn';
import { STEADY_RATE, withReactors } from './reaction';
import { untilCarried } from './relay';
import { bothSides, newPopulation, type Side } from './sides';

/** What one parked journey takes, in bytes. */
interface Parked {
  readonly disk: number;
  /** The worker's, as the system counts it. */
  readonly resident: number;
  /** The worker's, as live objects of the threads that run workflows. */
  readonly live: number;
}

type ParkedSide = Pick<Side, 'door' | 'workerMemory'>;

/** Journeys that wait for months: their disk, their memory, and how fast others react among them. */
export const parked: BenchCase = {
  name: 'parked',
  title: 'Disk and memory of parked journeys, and the reaction among them',
  run: runParked,
};

async function runParked(context: CaseContext): Promise<readonly Row[]> {
  const { quick, stage, say } = context;
  say('starting all roles');
  const client = await temporalClient(stage);
  const size = quick ? 160 : 20_000;
  const { url } = await stage.ours.api();
  await stage.ours.relay();
  // Our workers keep fewer by themselves than are needed to measure one.
  const keeper = await stage.ours.workerKeeping(parkedForMemory(context));
  const inOurs = await memoryOf(context, client, {
    door: { side: 'ours', url, writeKey: WRITE_KEY },
    workerMemory: () => keeper.call('memoryUse', undefined),
  });
  await keeper.stop();
  const sides = await bothSides(stage);
  const inBare = await memoryOf(context, client, sides.bare);
  // Fewer on the bare side: what one takes is known by then, and both sides react on one server,
  // which holds all of them.
  const bareSize = quick ? size : 3_000;
  const bare = { ...inBare, disk: await diskOf(context, client, sides.bare, bareSize) };
  const ours = { ...inOurs, disk: await diskOf(context, client, sides.ours, size) };
  const events = quick ? 20_000 : 1_000_000;
  say(`filling ${events} events`);
  const pool = await stage.ours.pool();
  await fillEvents(pool, { events, customers: events / 50, prefix: 'scale-', say });
  const react = {
    bare: await withReactors(context, sides.bare, 20),
    ours: await withReactors(context, sides.ours, 20),
  };
  const seconds = quick ? 3 : 30;
  const reacted = await inTurn(context, {
    bare: () => react.bare({ rate: STEADY_RATE, seconds }),
    ours: () => react.ours({ rate: STEADY_RATE, seconds }),
  });
  const p99Of = (runs: typeof reacted.bare) =>
    runs.map((run) => ({ ...run, value: run.p99, units: run.reactions }));
  const each = (what: string, unit: string, value: keyof Parked, most: number) =>
    compare({
      case: 'parked',
      what,
      unit,
      bare: [{ value: bare[value] / 1000, units: bareSize, cpu: {} }],
      ours: [{ value: ours[value] / 1000, units: size, cpu: {} }],
      target: atMost(most, unit),
    });
  const count = size.toLocaleString('en');
  return [
    each(`Disk of a parked journey, ${count} parked`, 'kB', 'disk', 30),
    // So few journeys as in a quick run drown in what the system gives and takes back.
    quick
      ? each('Worker memory of a cached journey, live objects', 'kB', 'live', 150)
      : each('Worker memory of a cached journey, resident', 'kB', 'resident', 150),
    compare({
      case: 'parked',
      what: `Reaction at ${STEADY_RATE}/s, p99, among ${count} parked and ${events.toLocaleString('en')} events`,
      unit: 'ms',
      bare: p99Of(reacted.bare),
      ours: p99Of(reacted.ours),
      target: atMostTimes(2),
    }),
  ];
}

/**
 * What a passage takes in a worker that keeps them all. What the first ones take is the warming up
 * of the worker.
 */
async function memoryOf(
  context: CaseContext,
  client: Client,
  side: ParkedSide,
): Promise<Omit<Parked, 'disk'>> {
  const [first, kept] = sizesOf(context);
  await startParked(context, client, side, first);
  const before = await side.workerMemory();
  await startParked(context, client, side, kept);
  const after = await side.workerMemory();
  return {
    resident: (after.resident - before.resident) / kept,
    live: (after.inThreads - before.inThreads) / kept,
  };
}

/** Parks as many as are missing to `size`, and says what one of them takes. */
async function diskOf(
  context: CaseContext,
  client: Client,
  side: Side,
  size: number,
): Promise<number> {
  const missing = size - parkedForMemory(context);
  const before = await diskBytes(context, side);
  await startParked(context, client, side, missing);
  return ((await diskBytes(context, side)) - before) / missing;
}

/** How many journeys are parked for the warming up, and how many to be measured. */
function sizesOf({ quick }: CaseContext): readonly [first: number, kept: number] {
  return quick ? [20, 60] : [200, 1_500];
}

function parkedForMemory(context: CaseContext): number {
  const [first, kept] = sizesOf(context);
  return first + kept;
}

async function startParked(
  { stage, say }: CaseContext,
  client: Client,
  side: Pick<Side, 'door'>,
  size: number,
): Promise<void> {
  say(`parking ${size}, ${side.door.side}`);
  const load = await stage.load();
  const population = newPopulation('parked', size);
  const given = { door: side.door, story: 'parked' as const, population };
  if (side.door.side === 'ours') {
    await load.call('startInBatches', given);
    await untilCarried(stage);
  } else await load.call('startAll', { ...given, concurrency: 16, deliveries: 0 });
  const taskQueue = side.door.side === 'ours' ? TASK_QUEUE : BARE_QUEUE;
  const backlog = createBacklog(client, { journeys: taskQueue, deliveries: [] });
  const idle = async () => (await backlog()).tasks === 0;
  await until('workers that have caught up', idle, { seconds: 600, everyMs: 250 });
  await new Promise((resolve) => setTimeout(resolve, 1_000)); // the tasks under way
}

/** Bytes on disk that the side's journeys have a part in. */
async function diskBytes({ stage }: CaseContext, side: Side): Promise<number> {
  const inTemporal = await (await stage.temporal()).diskBytes();
  if (side.door.side === 'bare') return inTemporal;
  const pool = await stage.ours.pool();
  const { rows } = await pool.query<{ bytes: number }>(
    'select pg_database_size(current_database())::float8 as bytes',
  );
  return inTemporal + (rows[0]?.bytes ?? 0);
}
