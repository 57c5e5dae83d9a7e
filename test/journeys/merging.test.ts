import type { ConsentState } from '../../src/domain/consent/consent';
import { startEngine, type Engine } from '../support/engine';
import { ended, enter, messagesOf, noted, statusOf } from '../support/enrollment-runs';
import { sampleApp } from './sample-app';

let engine: Engine;
let number = 0;

beforeAll(async () => {
  engine = await startEngine({ app: sampleApp, bundle: 'TEST_JOURNEYS_BUNDLE' });
});
afterAll(() => engine.stop());

const send = async (type: 'identify' | 'track' | 'alias', body: object) => {
  const { errors, quarantined } = await engine.services.ingest.accept([{ type, body, index: 0 }]);
  expect([...errors, ...quarantined]).toEqual([]);
};

/** An anonymous customer, who later turns out to be a known user. */
async function browsing(properties = { cart_id: 'c1' }) {
  const device = `device-${++number}`;
  const userId = `merged-${number}`;
  await send('track', { anonymousId: device, event: 'Cart Updated', properties });
  await engine.relayed();
  const { customer_id: id } = await engine.services.db
    .selectFrom('identifiers')
    .select('customer_id')
    .where('kind', '=', 'anonymous_id')
    .where('value', '=', device)
    .executeTakeFirstOrThrow();
  return { device, userId, id };
}

async function sleeperOf(customer: string): Promise<string> {
  const { id } = await engine.services.db
    .selectFrom('enrollments')
    .select('id')
    .where('customer_id', '=', customer)
    .where('journey', '=', 'sleeper')
    .where('status', '=', 'active')
    .executeTakeFirstOrThrow();
  await engine.until('the sleep', async () => {
    return (await statusOf(engine, 'sleeper', id)).state === 'waiting';
  });
  return id;
}

it('moves a running enrollment to the surviving customer, who is reached with their consent', async () => {
  const { device, userId, id } = await browsing();
  const enrollment = await sleeperOf(id);
  const known = await engine.customer(userId);
  await send('identify', { userId, anonymousId: device });
  await engine.relayed();
  await engine.until('the new customer', async () => {
    return (await statusOf(engine, 'sleeper', enrollment)).customerId === known;
  });
  await engine.pass('4 days');
  expect(await ended(engine, enrollment)).toBe('completed: finished');
  expect(await messagesOf(engine, known)).toEqual(['subscription-welcome sent']);
  expect(await messagesOf(engine, id)).toEqual([]);
});

it('wakes a moved enrollment on the events of the surviving customer', async () => {
  const { device, userId, id } = await browsing();
  const enrollment = await sleeperOf(id);
  await engine.customer(userId);
  await send('identify', { userId, anonymousId: device });
  await engine.track(userId, 'Cart Emptied', { cart_id: 'c1' });
  expect(await ended(engine, enrollment)).toBe('exited: exit event: Cart Emptied');
});

it('keeps the older of two enrollments in the same journey and key', async () => {
  const { device, userId, id } = await browsing();
  const older = await sleeperOf(id);
  const known = await engine.customer(userId);
  await engine.track(userId, 'Cart Updated', { cart_id: 'c1' });
  await engine.track(userId, 'Cart Updated', { cart_id: 'c2' });
  await engine.relayed();
  const others = await engine.services.db
    .selectFrom('enrollments')
    .select(['id', 'key'])
    .where('customer_id', '=', known)
    .where('journey', '=', 'sleeper')
    .orderBy('key')
    .execute();
  expect(others.map(({ key }) => key)).toEqual(['c1', 'c2']);
  await send('identify', { userId, anonymousId: device });
  expect(await ended(engine, others[0]?.id ?? '')).toBe('exited: merged');
  const running = await engine.services.db
    .selectFrom('enrollments')
    .select('id')
    .where('customer_id', '=', known)
    .where('journey', '=', 'sleeper')
    .where('status', '=', 'active')
    .orderBy('key')
    .execute();
  expect(running.map((row) => row.id)).toEqual([older, others[1]?.id]);
  await engine.pass('4 days');
  await Promise.all(running.map((row) => ended(engine, row.id)));
  expect(await messagesOf(engine, known)).toHaveLength(2);
});

it('notifies a journey that waits for a trait of the change by the merge', async () => {
  const { device, userId, id } = await browsing();
  const now = engine.clock.now().getTime();
  await engine.customer(userId, { appointment_at: new Date(now + 20 * 86_400_000).toISOString() });
  const known = await engine.customerId(userId);
  const enrollment = await enter(engine, 'movingDate', id);
  await engine.until('the wait or the end', async () => {
    return (await statusOf(engine, 'movingDate', enrollment)).state !== 'running';
  });
  await send('identify', { userId, anonymousId: device });
  await engine.relayed();
  await engine.pass('21 days');
  expect(await ended(engine, enrollment)).toBe('completed: finished');
  expect(await noted(engine, known)).toBeDefined();
});

it('keeps the latest choice of both customers, and the first arm that either was assigned', async () => {
  const { device, userId, id } = await browsing();
  const known = await engine.customer(userId);
  const { db } = engine.services;
  const at = engine.clock.now();
  const say = (customer: string, purpose: string, state: ConsentState, later: number) =>
    db
      .insertInto('consents')
      .values({
        customer_id: customer,
        channel: 'sms',
        purpose,
        state,
        at: new Date(at.getTime() + later),
      })
      .execute();
  await say(id, 'offers', 'unsubscribed', 1_000);
  await say(known, 'offers', 'subscribed', 0);
  await say(id, 'tips', 'subscribed', 0);
  await say(known, 'tips', 'unsubscribed', 1_000);
  await say(id, 'newsletter', 'unsubscribed', 0);
  await say(known, 'newsletter', 'subscribed', 0);
  const assign = (customer: string, arm: string, later: number) =>
    db
      .insertInto('assignments')
      .values({
        customer_id: customer,
        kind: 'experiment',
        experiment: 'cart-reminder',
        arm,
        propensity: 0.5,
        hash_version: 1,
        assigned_at: new Date(at.getTime() + later),
        enrollment_id: null,
        journey: null,
      })
      .execute();
  await assign(id, 'warm', 0);
  await assign(known, 'plain', 1_000);
  await send('identify', { userId, anonymousId: device });
  const consents = await db
    .selectFrom('consents')
    .select(['purpose', 'state'])
    .where('customer_id', '=', known)
    .where('channel', '=', 'sms')
    .orderBy('purpose')
    .execute();
  expect(consents.map(({ purpose, state }) => `${purpose} ${state}`)).toEqual([
    'newsletter unsubscribed',
    'offers unsubscribed',
    'tips unsubscribed',
  ]);
  const arms = await db
    .selectFrom('assignments')
    .select(['customer_id', 'arm'])
    .where('customer_id', 'in', [id, known])
    .execute();
  expect(arms).toEqual([{ customer_id: known, arm: 'warm' }]);
});
