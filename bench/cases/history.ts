import type { Client } from '@temporalio/client';
import { workflowIdOf } from '../../src/journey/protocol';
import type { Story } from '../load/doorway';
import type { Row } from '../report/row';
import { median } from '../report/statistics';
import { atMost } from '../report/targets';
import { temporalClient } from '../stage/temporal-client';
import { until } from '../stage/until';
import type { BenchCase, CaseContext } from './bench-case';
import { bothSides, makeKnown, newPopulation, type Side } from './sides';

interface History {
  readonly events: number;
  readonly bytes: number;
}

const STORIES = ['once', 'twice', 'journey'] as const satisfies readonly Story[];

/** What stays in Temporal of a journey. */
export const history: BenchCase = {
  name: 'history',
  title: 'History events and bytes of a journey and of a message',
  run: runHistory,
};

async function runHistory(context: CaseContext): Promise<readonly Row[]> {
  const { stage, quick } = context;
  const client = await temporalClient(stage);
  const sides = await bothSides(stage);
  const size = quick ? 3 : 15;
  const of = async (side: Side) => {
    const found: Partial<Record<(typeof STORIES)[number], readonly History[]>> = {};
    for (const story of STORIES) {
      context.say(`${story}, ${side.door.side}`);
      found[story] = await historiesOf(context, client, side, story, size);
    }
    return found as Record<(typeof STORIES)[number], readonly History[]>;
  };
  const bare = await of(sides.bare);
  const ours = await of(sides.ours);
  const row = (
    what: string,
    unit: string,
    value: (side: typeof ours) => readonly number[],
    most: number,
  ): Row => {
    const runs = { bare: value(bare), ours: value(ours) };
    const figures = { bare: median(runs.bare), ours: median(runs.ours) };
    const ratio = figures.ours / figures.bare;
    const target = atMost(most)({ ours: figures.ours, ratio });
    return { case: 'history', what, unit, ...figures, ratios: [], runs, target };
  };
  const events = (each: readonly History[]) => each.map((one) => one.events);
  const more = (than: readonly History[], each: readonly History[]) =>
    events(each).map((count, at) => count - (than[at]?.events ?? 0));
  return [
    row('History of send, wait, send', 'events', ({ journey }) => events(journey), 27),
    row(
      'History of send, wait, send',
      'bytes',
      ({ journey }) => journey.map(({ bytes }) => bytes),
      4_500,
    ),
    row('A message more, with a wait', 'events', (side) => more(side.once, side.journey), 13),
    row('A message more, without a wait', 'events', (side) => more(side.once, side.twice), 7),
  ];
}

/** One passage after the other, so that no task of one waits for another's. */
async function historiesOf(
  { stage }: CaseContext,
  client: Client,
  side: Side,
  story: (typeof STORIES)[number],
  size: number,
): Promise<readonly History[]> {
  const load = await stage.load();
  const population = newPopulation(story, size);
  await makeKnown(stage, side, population);
  if (story === 'journey') {
    await load.call('sendJourneyLoad', { door: side.door, population, concurrency: 1 });
  } else {
    const deliveries = story === 'once' ? 1 : 2;
    const given = { door: side.door, population, story, concurrency: 1 };
    await load.call('startAll', { ...given, deliveries });
  }
  const ids =
    side.door.side === 'bare'
      ? Array.from({ length: size }, (_, at) => `${population.prefix}${at}`)
      : await enrollmentsOf(stage, population.prefix);
  return Promise.all(ids.map((id) => historyOf(client, id)));
}

async function enrollmentsOf(stage: CaseContext['stage'], prefix: string) {
  const pool = await stage.ours.pool();
  const { rows } = await pool.query<{ id: string; journey: string }>(
    `select e.id, e.journey from enrollments e join identifiers i using (customer_id)
     where i.value like $1`,
    [`${prefix}%`],
  );
  return rows.map(({ id, journey }) => workflowIdOf(journey, id));
}

async function historyOf(client: Client, workflowId: string): Promise<History> {
  const handle = client.workflow.getHandle(workflowId);
  const ended = async () => (await handle.describe()).status.name === 'COMPLETED';
  await until(`the end of ${workflowId}`, ended, { seconds: 30 });
  const { historyLength, raw } = await handle.describe();
  const bytes = Number(raw.workflowExecutionInfo?.historySizeBytes ?? 0);
  return { events: historyLength, bytes };
}
