import { startEngine, type Engine } from '../support/engine';
import { ended, enter, handleOf, messagesOf, noted, statusOf } from '../support/enrollment-runs';
import { sampleApp } from './sample-app';

let engine: Engine;
let number = 0;
const someone = (traits?: object) => engine.customer(`steered-${++number}`, traits);
const userId = () => `steered-${number}`;

beforeAll(async () => {
  engine = await startEngine({ app: sampleApp, bundle: 'TEST_JOURNEYS_BUNDLE' });
});
afterAll(() => engine.stop());

const DAY = 86_400_000;

async function daysOfMessages(customer: string, began: number): Promise<readonly number[]> {
  const rows = await engine.services.db
    .selectFrom('messages')
    .select('decided_at')
    .where('customer_id', '=', customer)
    .orderBy('id')
    .execute();
  return rows.map((row) => Math.round((row.decided_at.getTime() - began) / DAY));
}

/** Paused from day 1 to day 4; the first send would have been on day 2, the second on day 4. */
it.each([
  ['overdueCatchUp', [4, 6]],
  ['overdueShift', [5, 7]],
  ['overdueSkip', [6]],
])('pauses an enrollment, and resumes it by the policy of %s', async (journey, days) => {
  const customer = await someone();
  const began = engine.clock.now().getTime();
  const id = await enter(engine, journey, customer);
  const handle = handleOf(engine, journey, id);
  await engine.pass('1 day');
  await handle.executeUpdate('pause');
  await engine.pass('3 days');
  expect(await messagesOf(engine, customer)).toEqual([]);
  expect((await statusOf(engine, journey, id)).state).toBe('paused');
  await handle.executeUpdate('resume');
  await engine.pass('5 days');
  expect(await ended(engine, id)).toBe('completed: finished');
  expect(await daysOfMessages(customer, began)).toEqual(days);
});

it('records a skipped overdue step as a decision', async () => {
  const row = await engine.services.db
    .selectFrom('decisions')
    .select(['outcome', 'reason'])
    .where('journey', '=', 'overdueSkip')
    .orderBy('first_at')
    .executeTakeFirstOrThrow();
  expect(row).toEqual({ outcome: 'skip', reason: 'overdue' });
});

it('skips a wait at the request of an operator, and rejects invalid requests', async () => {
  const customer = await someone();
  const id = await enter(engine, 'overdueCatchUp', customer);
  const handle = handleOf(engine, 'overdueCatchUp', id);
  await engine.until('the first wait', async () => {
    return (await statusOf(engine, 'overdueCatchUp', id)).state === 'waiting';
  });
  await handle.executeUpdate('skipWait');
  await engine.until('the first message', async () => {
    return (await messagesOf(engine, customer)).length === 1;
  });
  await handle.executeUpdate('exit', { args: ['called us'] });
  expect(await ended(engine, id)).toBe('exited: called us');
  await expect(handle.executeUpdate('pause')).rejects.toThrow();
});

it('reports what it waits for and until when', async () => {
  const id = await enter(engine, 'sleepsLong', await someone());
  const status = await engine.until('the wait', async () => {
    const found = await statusOf(engine, 'sleepsLong', id);
    return found.state === 'waiting' && found;
  });
  expect(status.waitingFor).toBe('sleeping');
  const days = (Date.parse(status.until ?? '') - engine.clock.now().getTime()) / DAY;
  expect(days).toBeCloseTo(30, 1);
});

it('assigns the same arm to the same customer, and records the exposure with its propensity', async () => {
  const customer = await someone({ plan: 'pro', phone: '+4912345' });
  await enter(engine, 'choosesWays', customer);
  await engine.pass('1 minute');
  const first = await noted(engine, customer);
  const again = await enter(engine, 'choosesWays', customer);
  await ended(engine, again);
  const second = (await noted(engine, customer)) as { traits: Record<string, unknown> };
  const { traits, ...ways } = first as { traits: Record<string, unknown> };
  expect(second).toMatchObject(ways);
  // Personal traits stay out of the workflow.
  expect(traits).toEqual({ plan: 'pro' });
  const [row] = await engine.services.db
    .selectFrom('assignments')
    .select(['arm', 'propensity', 'hash_version'])
    .where('customer_id', '=', customer)
    .where('kind', '=', 'experiment')
    .where('experiment', '=', 'cart-reminder')
    .execute();
  expect(row).toEqual({ arm: (ways as { arm?: string }).arm, propensity: 0.5, hash_version: 1 });
});

it('records in a decision only the arms that were obtained since the previous send', async () => {
  const { db } = engine.services;
  const customer = await someone();
  await ended(engine, await enter(engine, 'sendsArms', customer));
  const decisions = await db
    .selectFrom('decisions')
    .select('variant')
    .where('customer_id', '=', customer)
    .orderBy('step')
    .execute();
  const assigned = await db
    .selectFrom('assignments')
    .select(['kind', 'experiment', 'arm', 'propensity'])
    .where('customer_id', '=', customer)
    .orderBy('kind')
    .execute();
  const [reminder, calls] = assigned.map(({ arm }) => arm);
  expect(decisions.map(({ variant }) => variant)).toEqual([
    { 'cart-reminder': reminder },
    { 'flag:consultation-calls': calls },
    {},
  ]);
  const exposures = await db
    .selectFrom('exposures')
    .select(['kind', 'experiment', 'arm', 'propensity'])
    .where('customer_id', '=', customer)
    .orderBy('step')
    .execute();
  expect(exposures).toEqual(assigned);
});

it('enrolls in another journey under that journey’s rules, and records what it tracks', async () => {
  const customer = await someone();
  const id = await enter(engine, 'enrollsAnother', customer);
  await ended(engine, id);
  expect(await noted(engine, customer)).toEqual([
    { entered: true, reason: 'entered' },
    { entered: false, reason: 'already-in' },
    { entered: false, reason: 'unknown-journey' },
  ]);
  const events = await engine.services.db
    .selectFrom('events')
    .select('name')
    .where('customer_id', '=', customer)
    .where('name', '=', 'Application Opened')
    .execute();
  expect(events).toHaveLength(1);
});

it('waits for a task, and cancels it when it is not completed in time', async () => {
  const customer = await someone();
  await enter(engine, 'asksAPerson', customer);
  const task = await engine.until('the task', () =>
    engine.services.db
      .selectFrom('tasks')
      .select(['id', 'status'])
      .where('customer_id', '=', customer)
      .executeTakeFirst(),
  );
  await engine.track(userId(), 'Task Completed', { task_id: 'another', outcome: 'no' });
  await engine.track(userId(), 'Task Completed', { task_id: task.id, outcome: 'reached' });
  await engine.pass('1 hour');
  expect(await noted(engine, customer)).toEqual({
    taskId: task.id,
    completed: true,
    outcome: 'reached',
  });

  const late = await someone();
  await enter(engine, 'asksAPerson', late);
  await engine.pass('4 days');
  expect(await noted(engine, late)).toMatchObject({ completed: false, outcome: 'timed-out' });
  const row = await engine.services.db
    .selectFrom('tasks')
    .select('status')
    .where('customer_id', '=', late)
    .executeTakeFirstOrThrow();
  expect(row.status).toBe('cancelled');
});
