import { changeConsents } from '../../src/consent/change-consents';
import { startEngine, type Engine } from '../support/engine';
import {
  ended,
  enter,
  handleOf,
  messagesOf,
  noted,
  statusOf,
  tryToEnter,
} from '../support/enrollment-runs';
import { sampleApp } from './sample-app';

let engine: Engine;
let number = 0;
const someone = (traits?: object) => engine.customer(`leaver-${++number}`, traits);
const userId = () => `leaver-${number}`;

beforeAll(async () => {
  engine = await startEngine({ app: sampleApp, bundle: 'TEST_JOURNEYS_BUNDLE' });
});
afterAll(() => engine.stop());

async function asleep(cart = 'c1') {
  const customer = await someone();
  await engine.track(userId(), 'Cart Updated', { cart_id: cart });
  await engine.relayed();
  const { id } = await engine.services.db
    .selectFrom('enrollments')
    .select('id')
    .where('customer_id', '=', customer)
    .where('journey', '=', 'sleeper')
    .executeTakeFirstOrThrow();
  await engine.until('the sleep', async () => {
    return (await statusOf(engine, 'sleeper', id)).state === 'waiting';
  });
  return { customer, id };
}

async function closedAt(id: string): Promise<string> {
  const handle = handleOf(engine, 'sleeper', id);
  const { closeTime, startTime } = await engine.until('the close', async () => {
    const description = await handle.describe();
    return description.closeTime !== undefined && description;
  });
  return (closeTime as Date).getTime() - startTime.getTime() < 60_000 ? 'at once' : 'later';
}

it('interrupts a sleep on an exit event with the same key, and sends nothing', async () => {
  const { customer, id } = await asleep();
  await engine.track(userId(), 'Cart Emptied', { cart_id: 'another' });
  await engine.relayed();
  expect((await statusOf(engine, 'sleeper', id)).state).toBe('waiting');
  await engine.track(userId(), 'Cart Emptied', { cart_id: 'c1' });
  expect(await ended(engine, id)).toBe('exited: exit event: Cart Emptied');
  expect(await closedAt(id)).toBe('at once');
  await engine.pass('4 days');
  expect(await messagesOf(engine, customer)).toEqual([]);
});

it('interrupts a sleep on the goal, and records a goal that comes after the end', async () => {
  const { customer, id } = await asleep();
  await engine.track(userId(), 'Order Completed', { order_id: 'o1' });
  expect(await ended(engine, id)).toBe('completed: goal: Order Completed');
  expect(await closedAt(id)).toBe('at once');
  expect(await messagesOf(engine, customer)).toEqual([]);

  const later = await asleep();
  await engine.pass('4 days');
  expect(await ended(engine, later.id)).toBe('completed: finished');
  await engine.track(userId(), 'Order Completed', { order_id: 'o2' });
  const row = await engine.services.db
    .selectFrom('enrollments')
    .select('goal_reached_at')
    .where('id', '=', later.id)
    .executeTakeFirstOrThrow();
  expect(row.goal_reached_at).not.toBeNull();
});

it('interrupts a sleep when the customer opts out of its purpose on the last channel', async () => {
  const { customer, id } = await asleep();
  const change = { channel: 'email' as const, source: 'test', proof: {}, at: engine.clock.now() };
  await changeConsents(
    engine.services,
    customer,
    [
      {
        ...change,
        purpose: 'offers',
        state: 'unsubscribed',
        at: new Date(change.at.getTime() + 1),
      },
    ],
    engine.clock.now(),
  );
  expect(await ended(engine, id)).toBe('exited: opted-out');
  expect(await closedAt(id)).toBe('at once');
});

it('allows re-entry directly after the exit event, before the workflow receives it', async () => {
  const { customer } = await asleep();
  await engine.track(userId(), 'Cart Emptied', { cart_id: 'c1' });
  await engine.track(userId(), 'Cart Updated', { cart_id: 'c1' });
  const rows = await engine.services.db
    .selectFrom('enrollments')
    .select('status')
    .where('customer_id', '=', customer)
    .where('journey', '=', 'sleeper')
    .orderBy('id')
    .execute();
  expect(rows.map(({ status }) => status)).toEqual(['exited', 'active']);
});

it('ends with its enrollment even when the body catches everything', async () => {
  const customer = await someone();
  await engine.track(userId(), 'Cart Updated', { cart_id: 'x' });
  await engine.pass('1 hour');
  await engine.track(userId(), 'Cart Emptied', { cart_id: 'x' });
  await engine.pass('5 days');
  expect(await noted(engine, customer)).toBeUndefined();
  const open = await engine.services.db
    .selectFrom('enrollments')
    .select('id')
    .where('customer_id', '=', customer)
    .where('status', '=', 'active')
    .execute();
  expect(open).toEqual([]);
});

it.each([
  ['failsVisibly', 'failed: the bank said no', undefined],
  ['completesOnFailure', 'completed: finished', undefined],
  ['handlesFailure', 'completed: finished', { type: 'BankError', message: 'the bank said no' }],
  ['exitsItself', 'exited: nothing to say', undefined],
])('ends as the journey says when its body fails or exits (%s)', async (journey, how, note) => {
  const customer = await someone();
  const id = await enter(engine, journey, customer);
  expect(await ended(engine, id)).toBe(how);
  expect(await noted(engine, customer)).toEqual(note);
});

it('records an enrollment whose workflow was cancelled in Temporal', async () => {
  const { id } = await asleep();
  await handleOf(engine, 'sleeper', id).cancel();
  expect(await ended(engine, id)).toBe('exited: cancelled');
});

it('records an enrollment whose workflow was terminated, at its next event', async () => {
  const { id } = await asleep();
  await handleOf(engine, 'sleeper', id).terminate();
  await engine.services.db
    .updateTable('enrollments')
    .set({ subscriptions: ['Application Opened'] })
    .where('id', '=', id)
    .execute();
  await engine.track(userId(), 'Application Opened');
  expect(await ended(engine, id)).toBe('exited: workflow terminated');
});

it('sends the holdout no marketing and opens no tasks, but sends transactional messages', async () => {
  const customer = await someone();
  const id = await enter(engine, 'heldOut', customer);
  expect(await ended(engine, id)).toBe('completed: finished');
  expect(await noted(engine, customer)).toEqual(['holdout', 'holdout', 'sent']);
});

it('enforces the maximum number of concurrent enrollments', async () => {
  const answers = await Promise.all(
    [1, 2, 3, 4].map(async () => tryToEnter(engine, 'twoAtMost', await someone())),
  );
  expect(answers.filter(({ entered }) => entered)).toHaveLength(2);
  expect(answers.filter(({ reason }) => reason === 'max-concurrent')).toHaveLength(2);
  await engine.pass('2 days');
  expect((await tryToEnter(engine, 'twoAtMost', await someone())).entered).toBe(true);
});

it('starts enrollments at the entry rate of the journey', async () => {
  const began = engine.clock.now().getTime();
  const customers = [await someone(), await someone(), await someone()];
  for (const customer of customers) await tryToEnter(engine, 'oneAnHour', customer);
  for (let hour = 0; hour < 4; hour++) await engine.pass('1 hour');
  const hours = [];
  for (const customer of customers) {
    const at = await engine.until('the start', async () => {
      return (await noted(engine, customer)) as string | undefined;
    });
    hours.push(Math.round((Date.parse(at) - began) / 3_600_000));
  }
  expect(hours).toEqual([0, 1, 2]);
});
