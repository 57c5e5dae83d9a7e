import { MockActivityEnvironment } from '@temporalio/testing';
import { sql } from 'kysely';
import type { Services } from '../../../src/compose';
import { newId } from '../../../src/db/new-id';
import { inTransaction } from '../../../src/db/transaction';
import type { DeliverResult, NextProvider } from '../../../src/journey/engine-activities';
import { until } from '../../support/engine';
import { composeServices, type TestServices } from '../../support/services';
import { at, startSmtpServer } from '../../support/smtp';

const NOW = Date.UTC(2026, 5, 3, 12);

let smtp: Awaited<ReturnType<typeof startSmtpServer>>;
let composed: TestServices;
let services: Services;

beforeAll(async () => {
  smtp = await startSmtpServer();
  composed = await composeServices({
    variables: { SMTP_URL: smtp.url, MAIL_FROM: 'a@shop.example' },
    clock: { now: () => new Date(NOW) },
  });
  services = composed.processes[0];
});
beforeEach(() => {
  smtp.behaviour = () => 'accept';
  services.inline.enable(['email']);
});
afterAll(async () => {
  await composed.close();
  await smtp.stop();
});

/** An intent to send a transactional mail to a new customer. */
async function intent() {
  const [customerId, enrollmentId] = [newId(), newId()];
  const created = new Date(NOW);
  await services.db
    .insertInto('customers')
    .values({
      id: customerId,
      traits: JSON.stringify({ email: `${customerId}@customers.example` }),
      created_at: created,
      updated_at: created,
    })
    .execute();
  await services.db
    .insertInto('enrollments')
    .values({
      id: enrollmentId,
      customer_id: customerId,
      journey: 'winBack',
      key: '',
      status: 'active',
      subscriptions: [],
      holdout: false,
      priority: 3,
      entered_at: created,
      entered_seq: 0,
      starts_at: created,
    })
    .execute();
  return {
    decisionId: `${enrollmentId}.0`,
    enrollmentId,
    customerId,
    journey: 'winBack',
    step: 0,
    template: 'win-back-offer',
    purpose: 'transactional',
    via: ['email'],
    props: { arm: 'advice' },
    priority: 'normal' as const,
    value: null,
    tags: [],
    aboutEventId: null,
    exposures: [],
    now: NOW,
    overdue: false,
  };
}

async function messageOf(customerId: string) {
  const message = await services.db
    .selectFrom('messages')
    .select(['id', 'status', 'attempts'])
    .where('customer_id', '=', customerId)
    .executeTakeFirstOrThrow();
  const attempts = await services.db
    .selectFrom('delivery_attempts')
    .select('outcome')
    .where('message_id', '=', message.id)
    .orderBy('attempt')
    .execute();
  return { ...message, outcomes: attempts.map(({ outcome }) => outcome) };
}

it.each([
  [4_999, { delivered: { status: 'sent' } }, { status: 'sent', attempts: 1, outcomes: ['sent'] }],
  [5_000, {}, { status: 'decided', attempts: 0, outcomes: [] }],
])('makes the first attempt inline only after a fast decision (%i ms)', async (ms, result, row) => {
  const input = await intent();
  let elapsed = 0;
  const now = jest.spyOn(performance, 'now').mockImplementation(() => elapsed);
  try {
    const sending = await inTransaction(services.db, async (tx) => {
      await sql`select from customers where id = ${input.customerId} for update`.execute(tx);
      const waiting = services.engineActivities.send(input);
      await until('the decision to wait for the lock', async () => {
        const { rows } = await sql`
          select from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`.execute(services.db);
        return rows.length > 0;
      });
      elapsed = ms;
      return { waiting };
    });
    const sent = await sending.waiting;
    const message = await messageOf(input.customerId);
    expect(sent).toEqual({
      do: 'send',
      messageId: message.id,
      channel: 'email',
      provider: 'smtp',
      ...result,
    });
    expect(message).toMatchObject(row);
  } finally {
    now.mockRestore();
  }
});

it('keeps the outcome of a newer attempt when an earlier one fails late', async () => {
  services.inline.enable([]);
  const input = await intent();
  const sent = await services.engineActivities.send(input);
  if (sent.do !== 'send') throw new Error(`Found ${sent.do}; expected a message.`);
  const { deliver } = services.deliveryActivitiesOf(services.chains.get('email')![0]);
  const attempt = () =>
    new MockActivityEnvironment().run<[string], DeliverResult | NextProvider, typeof deliver>(
      deliver,
      sent.messageId,
    );
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  smtp.behaviour = at('rcpt', { after: answered }, 1);
  const first = attempt();
  await until('the first attempt', async () => {
    return (await messageOf(input.customerId)).status === 'sending';
  });
  // The first attempt counts as interrupted; a transactional message is sent again.
  expect(await attempt()).toEqual({ status: 'sent' });
  smtp.behaviour = at('message', { code: 554, text: '5.7.1 not here' });
  answer();
  await expect(first).rejects.toThrow('not here');
  expect(await messageOf(input.customerId)).toMatchObject({
    status: 'sent',
    attempts: 2,
    outcomes: ['unknown', 'sent'],
  });
});
