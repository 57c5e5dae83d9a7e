import type { EventKind, Population } from '../load/events';
import { compare, type Sample } from '../report/compare';
import { atLeast } from '../report/targets';
import type { Row } from '../report/row';
import type { BenchProcess } from '../stage/child-process';
import { WRITE_KEY } from '../stage/ours';
import type { BenchCase, CaseContext } from './bench-case';
import { inTurn } from './in-turn';
import { measured } from './measured';

const SHAPES = {
  batch: { batch: 100, concurrency: 8, target: 0.8, title: 'batches of 100' },
  single: { batch: 1, concurrency: 64, target: 0.75, title: 'single events' },
} as const;

const KINDS = {
  unwanted: 'events that no journey wants',
  elsewhere: 'events that only others wait for',
  signals: 'each wakes an enrollment',
  starts: 'each starts an enrollment',
} as const;

type Kind = keyof typeof KINDS;

const EVENTS = {
  unwanted: 'unwanted',
  elsewhere: 'signals',
  signals: 'signals',
  starts: 'starts',
} as const satisfies Record<Kind, EventKind>;

/** Events a second at the door, with neither relay nor worker, so that only the taking is measured. */
export const ingestBatch = ingestCase('batch');
export const ingestSingle = ingestCase('single');

function ingestCase(shape: keyof typeof SHAPES): BenchCase {
  return {
    name: `ingest-${shape}`,
    title: `Ingest over HTTP, ${SHAPES[shape].title}`,
    run: (context) => runIngest(shape, context),
  };
}

async function runIngest(
  shape: keyof typeof SHAPES,
  context: CaseContext,
): Promise<readonly Row[]> {
  const { quick, stage } = context;
  const { batch, concurrency, target, title } = SHAPES[shape];
  const seconds = quick ? 1 : 6;
  const load = await stage.load();
  const bare = await stage.bare.ingest();
  const api = await stage.ours.api();
  const pool = await stage.ours.pool();
  const customers = quick ? 1_000 : 5_000;
  const populations: Record<Kind, Population> = {
    unwanted: { prefix: `${shape}-unwanted-`, size: customers },
    elsewhere: { prefix: `${shape}-unwanted-`, size: customers },
    signals: { prefix: `${shape}-signals-`, size: customers },
    starts: { prefix: `${shape}-starts-`, size: customers },
  };
  const to = (process: { readonly url: string }) => ({ url: process.url, writeKey: WRITE_KEY });
  const ours = to(api);
  await load.call('introduce', { target: ours, population: populations.unwanted });
  await load.call('introduce', { target: ours, population: populations.signals, then: 'starts' });
  await load.call('introduce', { target: ours, population: populations.starts });

  async function run(process: BenchProcess & { url: string }, kind: Kind): Promise<Sample> {
    const { result, cpu } = await measured([process, stage.postgres], () =>
      load.call('sendIngestLoad', {
        target: to(process),
        kind: EVENTS[kind],
        population: populations[kind],
        batch,
        concurrency,
        seconds,
      }),
    );
    if (process === api) await assertRouted(kind, result.events);
    return { value: result.events / result.seconds, units: result.events, cpu };
  }

  /** A figure for events that were not routed as the case means it would be a figure of nothing. */
  async function assertRouted(kind: Kind, events: number): Promise<void> {
    const { rows } = await pool.query<{ count: number }>(
      'select count(*)::int as count from outbox',
    );
    const expected = kind === 'unwanted' || kind === 'elsewhere' ? 0 : events;
    const found = rows[0]?.count;
    if (found === expected) return;
    throw new Error(
      `Found ${found} rows in the outbox after ${events} events of the kind '${kind}'; expected ${expected}. The bench's journeys do not fit its events.`,
    );
  }

  /** Nobody carries the outbox away here, and who has entered would be asked at each event. */
  async function tidy(): Promise<void> {
    await pool.query('truncate outbox');
    await pool.query(
      `update enrollments set status = 'completed', ended_at = now()
       where status = 'active' and customer_id in (
         select customer_id from identifiers where value like $1)`,
      [`${populations.starts.prefix}%`],
    );
  }

  const warm = async (process: BenchProcess & { url: string }, kind: Kind) => {
    const given = {
      target: to(process),
      kind: EVENTS[kind],
      population: populations[kind],
      batch,
      concurrency,
    };
    await load.call('sendIngestLoad', { ...given, seconds: quick ? 0.3 : 2 });
  };
  context.say('warming up');
  await warm(bare, 'unwanted');
  for (const kind of ['unwanted', 'elsewhere', 'signals', 'starts'] as const) await warm(api, kind);
  await tidy();

  const taken = await inTurn(context, {
    bare: () => run(bare, 'unwanted'),
    unwanted: () => run(api, 'unwanted'),
    elsewhere: () => run(api, 'elsewhere'),
    signals: () => run(api, 'signals').finally(tidy),
    starts: () => run(api, 'starts').finally(tidy),
  });
  return (['unwanted', 'elsewhere', 'signals', 'starts'] as const).map((kind) =>
    compare({
      case: `ingest-${shape}`,
      what: `Ingest, ${title}: ${KINDS[kind]}`,
      unit: 'events/s',
      bare: taken.bare,
      ours: taken[kind],
      target: atLeast(target),
    }),
  );
}
