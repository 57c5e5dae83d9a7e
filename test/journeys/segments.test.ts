import { MockActivityEnvironment } from '@temporalio/testing';
import { createSystemActivities } from '../../src/activities/system';
import { scheduleFingerprint } from '../../src/activities/system/protocol';
import { startEngine, type Engine } from '../support/engine';
import { ended, enter, handleOf, noted } from '../support/enrollment-runs';
import { sampleApp } from './sample-app';

let engine: Engine;

beforeAll(async () => {
  engine = await startEngine({ app: sampleApp, bundle: 'TEST_JOURNEYS_BUNDLE' });
});
afterAll(() => engine.stop());

async function orders(userId: string, count: number): Promise<void> {
  for (let nth = 0; nth < count; nth++) {
    await engine.track(userId, 'Order Completed', { order_id: `${userId}-${nth}`, total: 20 });
  }
  await engine.relayed();
}

async function enrollmentOf(customer: string, journey: string): Promise<string | undefined> {
  const row = await engine.services.db
    .selectFrom('enrollments')
    .select('id')
    .where('customer_id', '=', customer)
    .where('journey', '=', journey)
    .executeTakeFirst();
  return row?.id;
}

it('starts a journey when a customer enters a segment, and ends it when time removes them', async () => {
  const customer = await engine.customer('keen', { first_name: 'Secretia' });
  await orders('keen', 1);
  expect(await enrollmentOf(customer, 'whileKeen')).toBeUndefined();
  await orders('keen', 2);
  const id = (await enrollmentOf(customer, 'whileKeen')) as string;
  await engine.until('the note', async () => (await noted(engine, customer)) !== undefined);
  expect(await noted(engine, customer)).toEqual({ entered: 'keenWithoutPush' });
  const history = JSON.stringify(await handleOf(engine, 'whileKeen', id).fetchHistory());
  expect(history).not.toContain('Secretia');
  await engine.pass('91 days');
  expect(await ended(engine, id)).toBe('exited: exit event: Segment Left');
});

it('ends a journey immediately when an event removes the customer from the segment', async () => {
  const customer = await engine.customer('pushed');
  await orders('pushed', 2);
  const id = (await enrollmentOf(customer, 'whileKeen')) as string;
  await engine.track('pushed', 'Message Opened', { message_id: 'm-1', channel: 'push' });
  expect(await ended(engine, id)).toBe('exited: exit event: Segment Left');
});

it('answers j.inSegment for the current moment', async () => {
  const customer = await engine.customer('asking');
  await engine.track('asking', 'Cart Updated', { cart_id: 'c' });
  const before = await enter(engine, 'asksSegments', customer);
  await ended(engine, before);
  expect(await noted(engine, customer)).toEqual([false, true]);
  await orders('asking', 2);
  const after = await enter(engine, 'asksSegments', customer);
  await ended(engine, after);
  expect(await noted(engine, customer)).toEqual([true, false]);
});

it('enrolls the members of a segment on a schedule, once per occurrence', async () => {
  const inside = await engine.customer('monday');
  const outside = await engine.customer('nobody');
  await orders('monday', 2);
  const activities = createSystemActivities({
    ...engine.services,
    clock: engine.clock,
    client: () => Promise.resolve(engine.client),
    taskQueue: engine.taskQueue,
  });
  const occurrence = {
    journey: 'keenOnMondays',
    occurrence: Date.UTC(2026, 2, 2, 9),
    filter: {},
    segment: 'keenWithoutPush',
  };
  const enterAll = async (): Promise<{ readonly entered: number }> =>
    new MockActivityEnvironment().run(() => activities.enterScheduled(occurrence));
  expect((await enterAll()).entered).toBeGreaterThan(0);
  expect((await enterAll()).entered).toBe(0);
  expect(await enrollmentOf(inside, 'keenOnMondays')).toBeDefined();
  expect(await enrollmentOf(outside, 'keenOnMondays')).toBeUndefined();
});

it('recognises an unchanged schedule without a segment', () => {
  const plain = { journey: 'a', recurrence: '0 9 * * *', zone: 'UTC', filter: {} };
  expect(scheduleFingerprint(plain)).toBe('["a","0 9 * * *","UTC",{}]'.replace('{}', '[]'));
  expect(scheduleFingerprint({ ...plain, segment: 's' })).not.toBe(scheduleFingerprint(plain));
});
