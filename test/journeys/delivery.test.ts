import { at } from '../support/smtp';
import { startEngine, type Engine } from '../support/engine';
import { ended, enter, handleOf, messagesOf, noted } from '../support/enrollment-runs';
import { sampleApp } from './sample-app';

let engine: Engine;
let number = 0;
const someone = () => engine.customer(`reader-${++number}`);
const address = () => `reader-${number}@customers.example`;

beforeAll(async () => {
  engine = await startEngine({ app: sampleApp, bundle: 'TEST_JOURNEYS_BUNDLE' });
});
beforeEach(async () => {
  engine.smtp.behaviour = () => 'accept';
  // Closes the breakers that the previous test opened.
  await engine.services.inline.drain(10_000);
  engine.services.inline.enable(['email']);
});
afterAll(() => engine.stop());

const mailsTo = (recipient: string) =>
  engine.smtp.mails.filter(({ rcpt }) => rcpt.includes(recipient));

async function messageOf(customer: string) {
  return engine.services.db
    .selectFrom('messages')
    .selectAll()
    .where('customer_id', '=', customer)
    .executeTakeFirstOrThrow();
}

async function isBeingSent(customer: string): Promise<boolean> {
  const found = await engine.services.db
    .selectFrom('messages')
    .select('status')
    .where('customer_id', '=', customer)
    .executeTakeFirst();
  return found?.status === 'sending';
}

async function attemptsOf(messageId: string) {
  const rows = await engine.services.db
    .selectFrom('delivery_attempts')
    .select('outcome')
    .where('message_id', '=', messageId)
    .orderBy('attempt')
    .execute();
  return rows.map(({ outcome }) => outcome);
}

it('records marketing with an unknown outcome, and does not repeat it', async () => {
  engine.smtp.behaviour = at('message', 'drop');
  const customer = await someone();
  const id = await enter(engine, 'marketingOnce', customer);
  expect(await ended(engine, id)).toBe('completed: finished');
  expect(await noted(engine, customer)).toEqual(['unknown', 'unknown-outcome']);
  await engine.pass('1 day');
  expect(mailsTo(address())).toHaveLength(1);
  expect((await messageOf(customer)).status).toBe('unknown');
});

it('repeats transactional mail under the same Message-ID, and marks the repeat', async () => {
  engine.smtp.behaviour = at('message', 'drop', 1);
  const customer = await someone();
  const id = await enter(engine, 'transactionalOnce', customer);
  await engine.pass('5 minutes');
  expect(await ended(engine, id)).toBe('completed: finished');
  const mails = mailsTo(address());
  expect(mails).toHaveLength(2);
  expect(mails[0]?.messageId).toBe(mails[1]?.messageId);
  expect(mails.map(({ headers }) => headers.get('x-throughline-repeat'))).toEqual([undefined, '1']);
  const message = await messageOf(customer);
  expect(message).toMatchObject({ status: 'sent', repeated: true, attempts: 2 });
  expect(await attemptsOf(message.id)).toEqual(['unknown', 'sent']);
});

it('treats an attempt that a crash interrupted as one with an unknown outcome', async () => {
  for (const [journey, mails, status] of [
    ['marketingLater', 0, 'unknown'],
    ['transactionalLater', 1, 'sent'],
  ] as const) {
    const customer = await someone();
    // A transient failure, so that the message waits for its next attempt.
    engine.smtp.behaviour = at('rcpt', { code: 451, text: 'try later' }, 1);
    const id = await enter(engine, journey, customer);
    await engine.pass('1 second');
    const message = await engine.until('the message', () =>
      engine.services.db
        .selectFrom('messages')
        .select('id')
        .where('customer_id', '=', customer)
        .where('attempts', '=', 1)
        .executeTakeFirst(),
    );
    // The state after a kill -9 between recording the attempt and its outcome.
    await engine.services.db
      .updateTable('messages')
      .set({ status: 'sending' })
      .where('id', '=', message.id)
      .execute();
    await engine.pass('1 hour');
    expect(await ended(engine, id)).toBe('completed: finished');
    expect(mailsTo(address())).toHaveLength(mails);
    expect((await messageOf(customer)).status).toBe(status);
  }
});

it('retries after a transient refusal, and gives up after a permanent one', async () => {
  engine.smtp.behaviour = at('rcpt', { code: 451, text: '4.7.1 greylisted' }, 2);
  const patient = await someone();
  const first = await enter(engine, 'marketingOnce', patient);
  await engine.pass('1 hour');
  expect(await ended(engine, first)).toBe('completed: finished');
  expect(await attemptsOf((await messageOf(patient)).id)).toEqual([
    'transient',
    'transient',
    'sent',
  ]);

  engine.smtp.behaviour = at('rcpt', { code: 554, text: '5.7.1 not here' });
  const refused = await someone();
  await ended(engine, await enter(engine, 'marketingOnce', refused));
  const note = (await noted(engine, refused)) as readonly string[];
  expect(note[0]).toBe('failed');
  expect(note[1]).toContain('refused');
});

it('does not block the journey on a slow provider, and records its late answer', async () => {
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  engine.smtp.behaviour = at('message', { after: answered }, 1);
  for (const journey of ['marketingOnce', 'transactionalOnce']) {
    const customer = await someone();
    const id = await enter(engine, journey, customer);
    const handle = handleOf(engine, journey, id);
    await engine.until('a delivery that looks for the outcome', async () => {
      const { pendingActivities } = (await handle.describe()).raw;
      return pendingActivities?.[0]?.lastFailure?.message?.includes('still in flight');
    });
    expect(await messageOf(customer)).toMatchObject({ status: 'sending', attempts: 1 });
    answer();
    await engine.until('the outcome', async () => (await messageOf(customer)).status === 'sent');
    await engine.pass('1 minute');
    expect(await ended(engine, id)).toBe('completed: finished');
    expect(await noted(engine, customer)).toEqual(['sent', 'sent']);
    expect(mailsTo(address())).toHaveLength(1);
    expect(await attemptsOf((await messageOf(customer)).id)).toEqual(['sent']);
    const again = new Promise<void>((resolve) => (answer = resolve));
    engine.smtp.behaviour = at('message', { after: again }, 1);
    engine.services.inline.enable(['email']);
  }
});

it('treats a slow inline attempt as interrupted after its timeout', async () => {
  for (const [journey, note, outcomes] of [
    ['marketingOnce', ['unknown', 'unknown-outcome'], ['unknown']],
    ['transactionalOnce', ['sent', 'sent'], ['unknown', 'sent']],
  ] as const) {
    const customer = await someone();
    let answer: () => void = () => undefined;
    const never = new Promise<void>((resolve) => (answer = resolve));
    engine.smtp.behaviour = at('message', { after: never }, 1);
    engine.services.inline.enable(['email']);
    const id = await enter(engine, journey, customer);
    await engine.until('an attempt', () => isBeingSent(customer));
    await engine.pass('10 minutes');
    expect(await ended(engine, id)).toBe('completed: finished');
    expect(await noted(engine, customer)).toEqual(note);
    expect(await attemptsOf((await messageOf(customer)).id)).toEqual(outcomes);
    answer();
  }
});

it('does not retry an inline attempt that fails after its journey ended', async () => {
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  engine.smtp.behaviour = at('rcpt', { after: answered }, 1);
  const customer = await someone();
  await engine.track(`reader-${number}`, 'Checkout Started', { order_id: 'late' });
  await engine.until(
    'an attempt that was let go',
    async () => (await isBeingSent(customer)) && !engine.services.inline.accepts('email'),
  );
  await engine.track(`reader-${number}`, 'Order Cancelled', { order_id: 'late' });
  await engine.until('the end of the journey', async () => {
    const message = await messageOf(customer);
    return message.error === 'withdrawn';
  });
  expect((await messageOf(customer)).status).toBe('sending');
  // A transient refusal ends the attempt.
  engine.smtp.behaviour = at('message', { code: 451, text: 'try later' });
  answer();
  await engine.until('the outcome', async () => (await messageOf(customer)).status === 'failed');
  expect(await messageOf(customer)).toMatchObject({ error: 'withdrawn', attempts: 1 });
  await engine.pass('1 day');
  expect(mailsTo(address())).toEqual([]);
});

it('uses the task queue of a failing channel, and returns to inline delivery', async () => {
  engine.smtp.behaviour = at('rcpt', { code: 451, text: 'try later' }, 1);
  const deliveries: number[] = [];
  for (let turn = 0; turn < 3; turn++) {
    if (turn === 2) engine.services.inline.enable(['email']);
    const id = await enter(engine, 'marketingOnce', await someone());
    await engine.pass('1 hour');
    expect(await ended(engine, id)).toBe('completed: finished');
    const { events } = await handleOf(engine, 'marketingOnce', id).fetchHistory();
    const scheduled = events?.filter((event) => event.activityTaskScheduledEventAttributes);
    deliveries.push(scheduled?.length ?? 0);
  }
  expect(deliveries).toEqual([1, 1, 0]);
});

it('suppresses an address that does not exist for every journey, including transactional mail', async () => {
  engine.smtp.behaviour = at('rcpt', { code: 550, text: '5.1.1 no such user' });
  const customer = await someone();
  await ended(engine, await enter(engine, 'marketingOnce', customer));
  engine.smtp.behaviour = () => 'accept';
  await ended(engine, await enter(engine, 'transactionalOnce', customer));
  expect(await noted(engine, customer)).toEqual(['skipped', 'suppressed']);
  expect(mailsTo(address())).toEqual([]);
});

it('withdraws a message that waits for a retry when its journey ends', async () => {
  engine.smtp.behaviour = at('rcpt', { code: 451, text: 'try later' });
  const customer = await someone();
  await engine.track(`reader-${number}`, 'Checkout Started', { order_id: 'o' });
  await engine.pass('1 minute');
  await engine.track(`reader-${number}`, 'Order Cancelled', { order_id: 'o' });
  await engine.pass('1 minute');
  engine.smtp.behaviour = () => 'accept';
  await engine.pass('1 day');
  expect(await messagesOf(engine, customer)).toEqual(['subscription-welcome failed']);
  expect(mailsTo(address())).toEqual([]);
});

it('does not send a message whose consent was withdrawn between two attempts', async () => {
  engine.smtp.behaviour = at('rcpt', { code: 451, text: 'try later' }, 1);
  const customer = await someone();
  const id = await enter(engine, 'marketingOnce', customer);
  await engine.until('the first attempt', async () => {
    return engine.services.db
      .selectFrom('messages')
      .select('id')
      .where('customer_id', '=', customer)
      .where('status', '=', 'decided')
      .where('attempts', '=', 1)
      .executeTakeFirst();
  });
  await engine.services.db
    .updateTable('consents')
    .set({ state: 'unsubscribed' })
    .where('customer_id', '=', customer)
    .execute();
  await engine.pass('1 hour');
  await ended(engine, id);
  expect(await noted(engine, customer)).toEqual(['failed', 'unsubscribed']);
  expect(mailsTo(address())).toEqual([]);
});
