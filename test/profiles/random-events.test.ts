import { inTransaction } from '../../src/db/transaction';
import { changeConsents } from '../../src/consent/change-consents';
import { computeProfiles } from '../../src/profiles/compute-profiles';
import { enqueueChanges } from '../../src/profiles/customer-changes';
import { identify, startProjected, track, type ProjectedSystem } from './projected-system';
import { NAMES, randomOf, randomSegments, randomTraits } from './random-shop';
import { holds, type Remembered } from './reference';

const SEED = Number(process.env['SEGMENTS_SEED'] ?? 1);
const EVENTS = 10_000;
const BATCH_SIZE = 100;
const CUSTOMERS = 60;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const random = randomOf(SEED);
const segments = randomSegments(50, random);
const people = Array.from({ length: CUSTOMERS }, (_, at): Remembered => {
  return {
    userId: `u${at}`,
    events: [],
    traits: {},
    consents: new Map(),
    predictions: new Map(),
  };
});

let world: ProjectedSystem;
beforeAll(async () => {
  world = await startProjected(segments);
});
afterAll(() => world.close());

/** Sends a batch of events out of order: some are received days after they occurred. */
async function someEvents(): Promise<void> {
  const now = world.time.now.getTime();
  const calls = Array.from({ length: BATCH_SIZE }, () => {
    const person = random.of(people);
    if (random.int(0, 9) === 0) {
      const traits = randomTraits(random, now);
      person.traits = { ...person.traits, ...traits };
      person.events.push({ name: 'Identify', at: now, properties: {} });
      return identify(person.userId, traits);
    }
    const at = now - (random.int(0, 3) === 0 ? random.int(0, 5 * DAY) : 0);
    const ordered = person.events.filter(({ name }) => name === 'Order Completed');
    const cancels = ordered.length > 0 && random.int(0, 19) === 0;
    const name = cancels ? 'Order Cancelled' : random.of(NAMES);
    const properties = cancels
      ? random.of(ordered).properties
      : { order_id: `o${random.int(0, 1e9)}`, cart_id: 'c', total: random.int(0, 100) };
    person.events.push({ name, at, properties });
    return track(person.userId, name, properties, new Date(at));
  });
  await world.accept(...calls);
}

/** Changes consents and predictions, which are not derived from events. */
async function changeConsentsAndPredictions(): Promise<void> {
  const now = world.time.now;
  const met = people.filter(({ events }) => events.length > 0);
  for (let turn = 0; turn < 4; turn++) {
    const person = random.of(met);
    const id = await world.customerId(person.userId);
    if (random.int(0, 1) === 0) {
      const state = random.of(['subscribed', 'unsubscribed'] as const);
      person.consents.set('email offers', state);
      const change = { channel: 'email', purpose: 'offers', state, source: 'test' } as const;
      await changeConsents(world.services, id, [{ ...change, proof: {}, at: now }], now);
    } else {
      const value = random.int(0, 10) / 10;
      person.predictions.set('churn', { value, at: now.getTime() });
      await inTransaction(world.services.db, async (tx) => {
        await tx
          .insertInto('predictions')
          .values({ customer_id: id, name: 'churn', value, at: now })
          .onConflict((conflict) =>
            conflict.columns(['customer_id', 'name']).doUpdateSet({ value, at: now }),
          )
          .execute();
        await enqueueChanges(tx, [id], now);
      });
    }
  }
}

/** Memberships as `user segment`, sorted: as projected, as recomputed, and by the reference. */
async function memberships(): Promise<
  Record<'projected' | 'recomputed' | 'reference', readonly string[]>
> {
  const { db, rules } = world.services;
  const now = world.time.now;
  const met = people.filter(({ events }) => events.length > 0);
  const ids = new Map<string, string>();
  for (const { userId } of met) ids.set(await world.customerId(userId), userId);
  const rows = await db.selectFrom('segment_members').selectAll().execute();
  const computed = await computeProfiles(db, rules, [...ids.keys()], now);
  const expected = met.flatMap((person) =>
    Object.entries(segments)
      .filter(([, { where }]) => holds(where, person, now.getTime()))
      .map(([name]) => `${person.userId} ${name}`),
  );
  return {
    projected: rows.map((row) => `${ids.get(row.customer_id)} ${row.segment}`).toSorted(),
    recomputed: computed
      .flatMap((each) => each.segments.map((name) => `${ids.get(each.customerId)} ${name}`))
      .toSorted(),
    reference: expected.toSorted(),
  };
}

it(`finds the same members after ${EVENTS} random events as a full recomputation`, async () => {
  let checked = 0;
  let maxMembers = 0;
  for (let sent = 0; sent < EVENTS; sent += BATCH_SIZE) {
    world.time.now = new Date(world.time.now.getTime() + random.int(1, 96) * HOUR);
    await someEvents();
    if (random.int(0, 4) === 0) await changeConsentsAndPredictions();
    await world.settled();
    if (random.int(0, 3) > 0) continue;
    const { projected, recomputed, reference } = await memberships();
    expect(projected).toEqual(recomputed);
    expect(projected).toEqual(reference);
    checked++;
    maxMembers = Math.max(maxMembers, projected.length);
  }
  // And after a long time without any event.
  world.time.now = new Date(world.time.now.getTime() + 200 * DAY);
  await world.settled();
  const { projected, recomputed, reference } = await memberships();
  expect(projected).toEqual(recomputed);
  expect(projected).toEqual(reference);
  expect(checked).toBeGreaterThan(10);
  expect(maxMembers).toBeGreaterThan(100);
}, 600_000);

it('announced every membership change, entering and leaving in turn', async () => {
  for (const { userId } of people) {
    const announced = await world.announcedFor(userId);
    const inside = new Set<string>();
    for (const each of announced) {
      const segment = each.slice(1);
      expect([each, inside.has(segment)]).toEqual([each, each.startsWith('-')]);
      if (each.startsWith('+')) inside.add(segment);
      else inside.delete(segment);
    }
    expect([...inside].toSorted()).toEqual(await world.segmentsOf(userId));
  }
});
