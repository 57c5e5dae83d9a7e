import { sql } from 'kysely';
import type { Services } from '../../src/compose';
import { newId } from '../../src/db/new-id';
import { computed, defineSegment, did, trait } from '../../src/journey';
import { startProfileProjector } from '../../src/profiles/profile-projector';
import { inTransaction } from '../../src/db/transaction';
import { enqueueChanges } from '../../src/profiles/customer-changes';
import { sampleApp } from '../journeys/sample-app';
import { until } from '../support/engine';
import { composeServices } from '../support/services';
import { identify, START, startProjected, track, type ProjectedSystem } from './projected-system';

const buyers = defineSegment({ where: did('Order Completed') });
const gold = defineSegment({ where: trait('plan', { is: 'gold' }) });

describe('a deployment', () => {
  let world: ProjectedSystem;
  beforeAll(async () => {
    world = await startProjected({ buyers });
  });
  afterAll(() => world.close());

  it('fills a new segment silently, and announces later changes', async () => {
    await world.accept(identify('old', { plan: 'gold' }), track('old', 'Order Completed'));
    await world.settled();
    world.time.now = new Date(START.getTime() + 60_000);
    await world.deploy({ buyers, gold });
    await world.settled();
    expect(await world.segmentsOf('old')).toEqual(['buyers', 'gold']);
    expect(await world.announcedFor('old')).toEqual(['+buyers']);
    world.time.now = new Date(START.getTime() + 120_000);
    await world.accept(identify('old', { plan: 'free' }), identify('new', { plan: 'gold' }));
    await world.settled();
    expect(await world.announcedFor('old')).toEqual(['+buyers', '-gold']);
    expect(await world.announcedFor('new')).toEqual(['+gold']);
  });

  it('routes segment events of imported history to no journey, unless a live event is projected with it', async () => {
    const { ingest, db } = world.services;
    await ingest.accept([track('historic', 'Order Completed')], { scope: 'none' });
    await world.settled();
    expect(await world.segmentsOf('historic')).toEqual(['buyers']);
    expect(await world.announcedFor('historic')).toEqual(['+buyers']);
    const rows = await db
      .selectFrom('events')
      .select('seq')
      .where('name', '=', 'Segment Entered')
      .where('seq', '<', 0)
      .execute();
    // A negative sequence number marks history, which is not routed.
    expect(rows).toHaveLength(1);
    await ingest.accept([track('both', 'Order Completed')], { scope: 'none' });
    await world.accept(track('both', 'Order Completed'));
    await world.settled();
    const { count } = await db
      .selectFrom('events')
      .select((select) => select.fn.countAll<number>().as('count'))
      .where('name', '=', 'Segment Entered')
      .where('seq', '<', 0)
      .executeTakeFirstOrThrow();
    expect(count).toBeLessThanOrEqual(2);
  });

  it('announces the first backfill if the definition says so', async () => {
    await world.deploy({ buyers, gold, spenders: { ...buyers, announceFirst: true } });
    await world.settled();
    expect(await world.announcedFor('old')).toEqual(['+buyers', '-gold', '+spenders']);
  });

  it('silently deletes a segment that was removed from the code', async () => {
    await world.deploy({ gold });
    await world.settled();
    expect(await world.segmentsOf('old')).toEqual([]);
    expect((await world.announcedFor('old')).filter((each) => each === '-buyers')).toEqual([]);
    const rows = await world.services.db.selectFrom('segments').select('name').execute();
    expect(rows).toEqual([{ name: 'gold' }]);
  });

  it('does not claim work if other definitions are registered', async () => {
    // The first projector still runs, without the segment 'gold'.
    expect(await world.projector.isSettled()).toBe(true);
    await world.accept(identify('later', { plan: 'gold' }));
    await world.settled();
    expect(await world.segmentsOf('later')).toEqual(['gold']);
  });

  it('resumes a backfill where it was stopped', async () => {
    const { db } = world.services;
    const rows = Array.from({ length: 1_000 }, () => newId());
    await sql`
      insert into customers (id, traits, created_at, updated_at)
      select id, '{"plan": "gold"}', ${START}, ${START} from unnest(${rows}::text[]) as id`.execute(
      db,
    );
    const golden = { goldAgain: gold };
    const first = await world.deploy(golden);
    await until('a part of the backfill', async () => {
      const { cursor } = await db
        .selectFrom('segment_backfill')
        .select('cursor')
        .executeTakeFirstOrThrow();
      return cursor !== '';
    });
    await first.stop();
    await world.deploy(golden);
    await world.settled();
    const { count } = await db
      .selectFrom('segment_members')
      .select((select) => select.fn.countAll<number>().as('count'))
      .where('segment', '=', 'goldAgain')
      .executeTakeFirstOrThrow();
    expect(count).toBe(1_002); // with 'new' and 'later'
  });
});

describe('projecting changes', () => {
  const segments = { buyers, twice: defineSegment({ where: computed('orders', { atLeast: 2 }) }) };
  let composed: Awaited<ReturnType<typeof composeServices>>;
  let projectors: Awaited<ReturnType<typeof startProfileProjector>>[];
  beforeAll(async () => {
    composed = await composeServices({ app: { ...sampleApp, segments } }, 2);
    projectors = [];
    for (const each of composed.processes) projectors.push(await startProfileProjector(each));
  });
  afterAll(async () => {
    for (const projector of projectors) await projector.stop();
    await composed.close();
  });
  const services = () => composed.processes[0];
  const settled = () =>
    until('projected changes', async () => (await projectors[0]?.isSettled()) === true);

  /** The number of `Segment Entered` events per customer and segment. */
  async function entries(): Promise<readonly number[]> {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from events where name = 'Segment Entered'
      group by customer_id, properties ->> 'segment'`.execute(services().db);
    return rows.map(({ count }) => count);
  }

  async function shop(prefix: string, customers: number): Promise<void> {
    for (let nth = 0; nth < 3; nth++) {
      const calls = Array.from({ length: customers }, (_, at) =>
        track(`${prefix}-${at}`, 'Order Completed', {
          order_id: `${prefix}-${at}-${nth}`,
          total: 1,
        }),
      );
      const [one, other] = composed.processes as readonly [Services, Services];
      await Promise.all([
        one.ingest.accept(calls.slice(0, customers / 2)),
        other.ingest.accept(calls.slice(customers / 2)),
      ]);
    }
  }

  it('announces each entry once although two processes project the same changes', async () => {
    await shop('two', 300);
    await settled();
    expect(await entries()).toEqual(Array.from({ length: 600 }, () => 1));
  });

  it('loses and repeats nothing when its connections are killed while it works', async () => {
    const done = new AbortController();
    const cutting = (async () => {
      while (!done.signal.aborted) {
        await new Promise((resolve) => setTimeout(resolve, 60));
        // Only the projectors' connections; a killed request would have to be retried by its sender.
        await sql`
          select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()
            and query ~ 'profiles|segment|customer_changes'`
          .execute(services().db)
          .catch(() => undefined);
      }
    })();
    await shop('cut', 300).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    done.abort();
    await cutting;
    await settled();
    const { rows } = await sql<{ customers: number; members: number; told: number }>`
      select
        (select count(distinct customer_id) from events where name = 'Order Completed') as customers,
        (select count(*) from segment_members where segment = 'buyers') as members,
        (select count(*) from events where name = 'Segment Entered'
          and properties ->> 'segment' = 'buyers') as told`.execute(services().db);
    const [{ customers, members, told } = { customers: 0, members: 0, told: 0 }] = rows;
    expect(customers).toBeGreaterThan(300);
    expect({ members, told }).toEqual({ members: customers, told: customers });
    expect(new Set(await entries())).toEqual(new Set([1]));
  });

  it('announces an entry within a second of the event that caused it', async () => {
    const delays: number[] = [];
    for (let nth = 0; nth < 20; nth++) {
      const userId = `quick-${nth}`;
      const began = performance.now();
      await services().ingest.accept([track(userId, 'Order Completed', { order_id: userId })]);
      await until('the entry', async () => {
        const { rows } = await sql`
          select from events e join identifiers i using (customer_id)
          where i.value = ${userId} and e.name = 'Segment Entered'`.execute(services().db);
        return rows.length > 0;
      });
      delays.push(performance.now() - began);
    }
    expect(delays.toSorted((a, b) => a - b)[delays.length / 2]).toBeLessThan(1_000);
  });

  it('makes a change that cannot be projected a dead letter, and projects the others', async () => {
    const { db, ingest } = services();
    await ingest.accept([identify('broken', {}), identify('sound', {})]);
    await settled();
    const { customer_id: broken } = await db
      .selectFrom('identifiers')
      .select('customer_id')
      .where('value', '=', 'broken')
      .executeTakeFirstOrThrow();
    await sql
      .raw(
        `
      create function refuse() returns trigger language plpgsql as $$ begin
        raise exception using errcode = '22003', message = 'no such number'; end $$;
      create trigger refuse before update on profiles for each row
        when (new.customer_id = '${broken}') execute function refuse()`,
      )
      .execute(db);
    await ingest.accept([
      track('broken', 'Order Completed', { order_id: 'b' }),
      track('sound', 'Order Completed', { order_id: 's' }),
    ]);
    await settled();
    const deadLetters = await db
      .selectFrom('customer_changes')
      .select(['customer_id', 'error'])
      .execute();
    expect(deadLetters).toEqual([
      { customer_id: broken, error: expect.stringContaining('no such number') },
    ]);
    const members = await db
      .selectFrom('segment_members as m')
      .innerJoin('identifiers as i', 'i.customer_id', 'm.customer_id')
      .select(['i.value', 'm.segment'])
      .where('i.value', 'in', ['broken', 'sound'])
      .execute();
    expect(members).toEqual([{ value: 'sound', segment: 'buyers' }]);
  });

  it('moves the segments of a merged customer silently', async () => {
    const { db, ingest } = services();
    await ingest.accept([
      track('loser', 'Order Completed', { order_id: 'l' }),
      identify('winner', {}),
    ]);
    await settled();
    const rows = await db
      .selectFrom('identifiers')
      .select(['value', 'customer_id'])
      .where('value', 'in', ['loser', 'winner'])
      .orderBy('value')
      .execute();
    const [loser = '', winner = ''] = rows.map((row) => row.customer_id);
    const now = new Date();
    await inTransaction(db, async (tx) => {
      const moved = { customer_id: winner };
      await tx.updateTable('events').set(moved).where('customer_id', '=', loser).execute();
      await tx
        .updateTable('customers')
        .set({ merged_into: winner })
        .where('id', '=', loser)
        .execute();
      await enqueueChanges(tx, [loser, winner], now);
    });
    await settled();
    const members = await db
      .selectFrom('segment_members')
      .select('segment')
      .where('customer_id', '=', winner)
      .execute();
    expect(members).toEqual([{ segment: 'buyers' }]);
    const told = await db
      .selectFrom('events')
      .select('id')
      .where('customer_id', '=', winner)
      .where('name', 'like', 'Segment%')
      .execute();
    expect(told).toHaveLength(1); // the loser's own event
    const left = await db
      .selectFrom('profiles')
      .select('lifecycle')
      .where('customer_id', '=', loser)
      .execute();
    expect(left).toEqual([]);
  });
});

it('projects live customers ahead of imported history, and all of one customer’s history at once', async () => {
  const composed = await composeServices({ app: { ...sampleApp, segments: { buyers } } });
  try {
    const [{ ingest, db }] = composed.processes;
    for (let at = 0; at < 3; at++) {
      await ingest.accept([track('old-buyer', 'Order Completed')], { scope: 'none' });
    }
    await ingest.accept([track('live-buyer', 'Order Completed')]);
    const rows = await db.selectFrom('customer_changes').select('urgent').orderBy('id').execute();
    expect(rows.map(({ urgent }) => urgent)).toEqual([false, false, false, true]);
    const { definitions } = await db
      .insertInto('segment_backfill')
      .values({ definitions: 'held', cursor: '' })
      .returning('definitions')
      .executeTakeFirstOrThrow();
    const { rows: taken } = await sql<{ id: number }>`
      select * from take_customer_changes(${definitions}, false, 1)`.execute(db);
    expect(taken).toHaveLength(3);
  } finally {
    await composed.close();
  }
});
