import type { EventKind, Population } from '../load/events';
import type { Row } from '../report/row';
import { median } from '../report/statistics';
import { atMost } from '../report/targets';
import { fillEnrollments, fillEvents } from '../stage/fill-events';
import { WRITE_KEY } from '../stage/ours';
import type { BenchCase, CaseContext } from './bench-case';
import { inTurn } from './in-turn';
import { measured } from './measured';

/** The cost of an event counts as flat when it is at most so many times what it was. */
const FLAT = 1.25;

type Door = { readonly name: string; readonly pid: number; readonly url: string };

/** What an event costs (CPU of API and Postgres) as one thing grows tenfold and all else stays. */
export const tenfold: BenchCase = {
  name: 'tenfold',
  title: 'Cost of an event as each thing grows tenfold',
  run: runTenfold,
};

async function runTenfold(context: CaseContext): Promise<readonly Row[]> {
  const { quick, stage, say } = context;
  const pool = await stage.ours.pool();
  const api = await stage.ours.api();
  const customers = quick ? 10 : 1_000;
  const few = { prefix: 'few-events-', size: customers };
  const many = { prefix: 'many-events-', size: customers };
  say('filling events');
  const given = { customers, say };
  await fillEvents(pool, { ...given, events: 100 * customers, prefix: few.prefix });
  await fillEvents(pool, { ...given, events: 1_000 * customers, prefix: many.prefix });
  const cost = (process: Door, population: Population, kind: EventKind = 'unwanted') =>
    costOf(context, process, population, kind);
  await cost(api, few);

  const events = await inTurn(context, {
    once: () => cost(api, few),
    tenfold: () => cost(api, many),
  });
  await fillEnrollments(pool, few.prefix, 1);
  await fillEnrollments(pool, many.prefix, 10);
  // Something that other customers' enrollments wait for: whose is it, has to be looked up.
  const enrollments = await inTurn(context, {
    once: () => cost(api, few, 'signals'),
    tenfold: () => cost(api, many, 'signals'),
  });
  const ten = await stage.ours.apiOf(require.resolve('../ours/ten-journeys'));
  const hundred = await stage.ours.apiOf(require.resolve('../ours/hundred-journeys'));
  await cost(ten, few);
  await cost(hundred, few);
  const journeys = await inTurn(context, {
    once: () => cost(ten, few),
    tenfold: () => cost(hundred, few),
  });
  return [
    growthRow('events a customer, 100 to 1,000', events),
    growthRow('running enrollments a customer, 1 to 10', enrollments),
    growthRow('journeys that look at it, 10 to 100', journeys),
    ...(await tables(context, api, quick ? [5_000, 50_000] : [100_000, 1_000_000, 10_000_000])),
  ];
}

/**
 * The tables grow between the measurements, which so cannot take turns; the bare side runs beside
 * each instead, and the cost counts in relation to it.
 */
async function tables(
  context: CaseContext,
  api: Door,
  sizes: readonly number[],
): Promise<readonly Row[]> {
  const { stage } = context;
  const pool = await stage.ours.pool();
  const bare = await stage.bare.ingest();
  const [least = 0] = sizes;
  // In the end a hundred events a customer at the most, as a shop of some years has.
  const population = { prefix: 'tables-', size: (sizes.at(-1) ?? least) / 100 };
  const rows: Row[] = [];
  let base: number | undefined;
  let from = 0;
  for (const events of sizes) {
    const { prefix, size } = population;
    await fillEvents(pool, { events, customers: size, prefix, from, say: context.say });
    from = events;
    await costOf(context, api, population);
    const taken = await inTurn(context, {
      bare: () => costOf(context, bare, population),
      ours: () => costOf(context, api, population),
    });
    const beside = taken.ours.map((each, at) => each / (taken.bare[at] ?? each));
    if (base === undefined) base = median(beside);
    else {
      const growths = beside.map((each) => each / (base as number));
      rows.push(
        costRow(`events in the tables, ${figureOf(least)} to ${figureOf(events)}`, growths, true),
      );
    }
  }
  return rows;
}

function growthRow(
  what: string,
  { once, tenfold: more }: Readonly<Record<'once' | 'tenfold', readonly number[]>>,
): Row {
  return costRow(
    what,
    more.map((each, at) => each / (once[at] ?? each)),
    false,
  );
}

function costRow(what: string, growths: readonly number[], targeted: boolean): Row {
  const ours = median(growths);
  return {
    case: 'tenfold',
    what: `Cost of an event: ${what}`,
    unit: 'times',
    bare: null,
    ours,
    ratios: [],
    runs: { bare: [], ours: growths },
    ...(targeted && { target: atMost(FLAT, 'times')({ ours, ratio: Number.NaN }) }),
  };
}

/** CPU milliseconds of API and Postgres for an event that wakes nobody, in batches of 100. */
async function costOf(
  { stage, quick }: CaseContext,
  process: Door,
  population: Population,
  kind: EventKind = 'unwanted',
): Promise<number> {
  const load = await stage.load();
  const { result, cpu } = await measured([process, stage.postgres], () =>
    load.call('sendIngestLoad', {
      target: { url: process.url, writeKey: WRITE_KEY },
      kind,
      population,
      batch: 100,
      concurrency: 4,
      seconds: quick ? 0.5 : 5,
    }),
  );
  return Object.values(cpu).reduce((sum, ms) => sum + ms, 0) / result.events;
}

function figureOf(count: number): string {
  return count.toLocaleString('en');
}
