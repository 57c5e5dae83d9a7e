import { startEngine, type Engine } from '../support/engine';
import { ended, enter, handleOf, messagesOf, noted } from '../support/enrollment-runs';
import { sampleApp } from './sample-app';

// On an overloaded machine a local activity can outlast its workflow task, which adds history events.
jest.retryTimes(2);

let engine: Engine;
let number = 0;
const someone = (traits?: object) => engine.customer(`waiter-${++number}`, traits);
const userId = () => `waiter-${number}`;

beforeAll(async () => {
  engine = await startEngine({ app: sampleApp, bundle: 'TEST_JOURNEYS_BUNDLE' });
});
afterAll(() => engine.stop());

it.each([
  ['sendWaitSend', 14],
  ['sendWaitSendUndeclared', 15],
])('takes 14 history events, or 15, for send, waitFor, send (%s)', async (journey, expected) => {
  const customer = await someone();
  const id = await enter(engine, journey, customer);
  await engine.pass('1 hour');
  const [message] = await engine.services.db
    .selectFrom('messages')
    .select('id')
    .where('customer_id', '=', customer)
    .execute();
  await engine.track(userId(), 'Message Clicked', { message_id: message?.id });
  expect(await ended(engine, id)).toBe('completed: finished');
  expect(await messagesOf(engine, customer)).toEqual([
    'subscription-welcome sent',
    'subscription-welcome sent',
  ]);
  const handle = handleOf(engine, journey, id);
  // Postgres records the end of the enrollment before the history has its last events.
  await handle.result();
  const { events } = await handle.fetchHistory();
  expect(events?.length).toBe(expected);
});

it('returns defined results for edge cases of waiting', async () => {
  // A customer without an address, so that a message is not sent.
  await engine.identify('nobody', {});
  const customer = await engine.customerId('nobody');
  const id = await enter(engine, 'edges', customer);
  await engine.pass('402 days');
  expect(await ended(engine, id)).toBe('completed: finished');
  expect(await noted(engine, customer)).toEqual({
    zeroSleep: 'past',
    negativeSleep: 'past',
    pastDate: 'past',
    unsetTrait: 'unset',
    zeroTimeout: 'nothing',
    emptyWait: 'nothing',
    ofUnsent: 'nothing',
    longWait: 'nothing',
  });
});

it.each([
  ['tooLong', 'the maximum is ten years'],
  ['emptyWait', 'neither an event nor a timeout'],
])('fails a journey with invalid arguments, with an explanation (%s)', async (journey, says) => {
  const id = await enter(engine, journey, await someone());
  expect(await ended(engine, id)).toContain(says);
  await expect(handleOf(engine, journey, id).result()).rejects.toThrow();
});

it('buffers events between two waits, in the order of receipt', async () => {
  const customer = await someone();
  await enter(engine, 'keepsEvents', customer);
  for (const product_id of ['a', 'b'])
    await engine.track(userId(), 'Product Viewed', { product_id });
  await engine.track(userId(), 'Application Opened');
  await engine.track(userId(), 'Product Viewed', { product_id: 'c' });
  await engine.pass('2 days');
  expect(await noted(engine, customer)).toEqual(['a', 'b', 'opened', 'c']);
});

it('reads an event that arrived before the journey subscribed to it', async () => {
  const customer = await someone();
  await engine.track(userId(), 'Application Opened', {}, `before-${number}`);
  await enter(engine, 'asksLate', customer);
  await engine.track(userId(), 'Application Opened');
  await engine.pass('2 days');
  expect(await noted(engine, customer)).toBe('opened before it looked');
});

it('ignores events from before the entry', async () => {
  const customer = await someone();
  await engine.track(userId(), 'Application Opened');
  await enter(engine, 'asksLate', customer);
  await engine.pass('2 days');
  expect(await noted(engine, customer)).toBe('missed');
});

it('restarts a timeout with each event that resets it', async () => {
  const customer = await someone();
  await enter(engine, 'resets', customer);
  await engine.pass('3 hours');
  await engine.track(userId(), 'Product Viewed');
  await engine.pass('3 hours');
  await engine.track(userId(), 'Product Viewed');
  await engine.pass('5 hours');
  expect(await noted(engine, customer)).toBe(10);
});

it('moves the end of a sleep when its trait changes', async () => {
  const inDays = (days: number) =>
    new Date(engine.clock.now().getTime() + days * 86_400_000).toISOString();
  const customer = await someone({ appointment_at: inDays(10) });
  await enter(engine, 'movingDate', customer);
  await engine.pass('1 day');
  const moved = inDays(3);
  await engine.identify(userId(), { appointment_at: moved });
  await engine.pass('4 days');
  const { slept, at } = (await noted(engine, customer)) as { slept: string; at: string };
  expect(slept).toBe('reached');
  expect(Math.abs(Date.parse(at) - (Date.parse(moved) - 86_400_000))).toBeLessThan(5_000);
});
