import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporal } from '@temporalio/proto';
import { inHoldout } from '../../src/domain/experiments/assign';
import { changeConsents } from '../../src/consent/change-consents';
import { workflowIdOf } from '../../src/journey/protocol';
import { startEngine, type Engine } from '../support/engine';
import { ended } from '../support/enrollment-runs';

/**
 * End-to-end tests of the journeys of the sample shop. With RECORD_HISTORIES=1 their histories are
 * written to test/replay/histories, which replay.test.ts replays.
 */
const HISTORIES = join(__dirname, '../replay/histories');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let engine: Engine;
let number = 0;

beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());

/** A customer who is not in the holdout of a journey. */
async function customerOf(journey: string): Promise<{ userId: string; id: string }> {
  for (;;) {
    const userId = `shopper-${++number}`;
    const id = await engine.customer(userId, { first_name: 'Ada', timezone: 'UTC' });
    const share = engine.services.index.options(journey)?.holdout ?? 0;
    if (!inHoldout({ seed: `holdout:${journey}`, unit: id, share })) return { userId, id };
  }
}

async function enrollmentOf(journey: string, customerId: string): Promise<string> {
  const row = await engine.until(`an enrollment in ${journey}`, () =>
    engine.services.db
      .selectFrom('enrollments')
      .select('id')
      .where('journey', '=', journey)
      .where('customer_id', '=', customerId)
      .executeTakeFirst(),
  );
  return row.id;
}

/** Waits for the end of an enrollment, records its history if requested, and returns how it ended. */
async function finish(journey: string, customerId: string): Promise<string> {
  const id = await enrollmentOf(journey, customerId);
  const how = await ended(engine, id);
  const handle = engine.client.workflow.getHandle(workflowIdOf(journey, id));
  await engine.until('the end of the workflow', async () => {
    return (await handle.describe()).status.name !== 'RUNNING';
  });
  if (process.env['RECORD_HISTORIES'] === '1') {
    const history = await handle.fetchHistory();
    const json = temporal.api.history.v1.History.fromObject(history).toJSON();
    mkdirSync(HISTORIES, { recursive: true });
    writeFileSync(join(HISTORIES, `${journey}.json`), JSON.stringify(json));
  }
  return how;
}

async function sent(journey: string, customerId: string) {
  const rows = await engine.services.db
    .selectFrom('messages')
    .select(['id', 'template', 'decided_at', 'content'])
    .where('customer_id', '=', customerId)
    .where('journey', '=', journey)
    .where('status', '=', 'sent')
    .orderBy('id')
    .execute();
  return rows;
}

const templates = async (journey: string, customerId: string) =>
  (await sent(journey, customerId)).map(({ template }) => template);

it('confirms an order once and immediately', async () => {
  const { userId, id } = await customerOf('orderConfirmation');
  const order = { order_id: 'o-77', total: 31.5, currency: 'EUR', products: [{ name: 'A lamp' }] };
  await engine.track(userId, 'Order Completed', order);
  expect(await finish('orderConfirmation', id)).toBe('completed: finished');
  await engine.track(userId, 'Order Completed', order);
  await engine.relayed();
  expect(await templates('orderConfirmation', id)).toEqual(['order-confirmation']);
  const [mail] = engine.smtp.mails.filter(({ rcpt }) => rcpt.some((to) => to.startsWith(userId)));
  expect(mail?.subject).toContain('o-77');
  expect(mail?.html).toContain('A lamp');
});

it('welcomes a customer who installed the app, and sends first steps after they opened it', async () => {
  const { userId, id } = await customerOf('appOnboarding');
  await engine.track(userId, 'Application Installed');
  await engine.pass('1 hour');
  await engine.track(userId, 'Application Opened');
  await engine.pass('3 days');
  expect(await finish('appOnboarding', id)).toBe('completed: finished');
  expect(await templates('appOnboarding', id)).toEqual([
    'onboarding-welcome',
    'onboarding-first-steps',
  ]);
});

it('sends a reminder of an abandoned cart, and a last call if it was not clicked', async () => {
  const { userId, id } = await customerOf('abandonedCart');
  await engine.track(userId, 'Cart Updated', { cart_id: 'c-1', value: 20 });
  await engine.pass('4 days');
  expect(await finish('abandonedCart', id)).toBe('completed: finished');
  expect(await templates('abandonedCart', id)).toEqual(['cart-reminder', 'cart-last-call']);

  const clicker = await customerOf('abandonedCart');
  await engine.track(clicker.userId, 'Cart Updated', { cart_id: 'c-2' });
  await engine.pass('1 day');
  const [reminder] = await sent('abandonedCart', clicker.id);
  await engine.track(clicker.userId, 'Message Clicked', { message_id: reminder?.id });
  await engine.pass('2 days');
  expect(await templates('abandonedCart', clicker.id)).toEqual(['cart-reminder']);
});

it('sends advice after a purchase, and opens a task for a customer who requests a call', async () => {
  const { userId, id } = await customerOf('postPurchase');
  await engine.track(userId, 'Order Completed', { order_id: 'o-1', total: 150 });
  await engine.pass('9 days');
  const messages = await sent('postPurchase', id);
  expect(messages.map(({ template }) => template)).toEqual([
    'post-purchase-advice',
    'consultation-offer',
  ]);
  await engine.track(userId, 'Message Clicked', { message_id: messages[1]?.id });
  const task = await engine.until('the task', () =>
    engine.services.db
      .selectFrom('tasks')
      .select('id')
      .where('customer_id', '=', id)
      .executeTakeFirst(),
  );
  await engine.track(userId, 'Task Completed', { task_id: task.id, outcome: 'advised' });
  expect(await finish('postPurchase', id)).toBe('completed: finished');
  const { traits } = await engine.services.db
    .selectFrom('customers')
    .select('traits')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  expect(traits['lifecycle']).toBe('advised');
});

it('sends a win-back to a customer ninety days after the last order', async () => {
  const { userId, id } = await customerOf('winBack');
  await engine.track(userId, 'Order Completed', { order_id: 'w-1' });
  await engine.pass('60 days');
  await engine.track(userId, 'Order Completed', { order_id: 'w-2' });
  await engine.pass('80 days');
  expect(await templates('winBack', id)).toEqual([]);
  await engine.pass('60 days');
  expect(await finish('winBack', id)).toBe('completed: finished');
  expect(await templates('winBack', id)).toEqual(['win-back-reminder', 'win-back-offer']);
});

it('sends reminders of an appointment, also after it is rescheduled', async () => {
  const { userId, id } = await customerOf('appointmentReminder');
  const date = (days: number) => new Date(engine.clock.now().getTime() + days * DAY).toISOString();
  await engine.track(userId, 'Appointment Booked', { appointment_id: 'a', starts_at: date(5) });
  await engine.pass('1 day');
  const moved = date(8);
  await engine.track(userId, 'Appointment Rescheduled', { appointment_id: 'a', starts_at: moved });
  await engine.pass('10 days');
  expect(await finish('appointmentMoved', id)).toBe('completed: finished');
  expect(await finish('appointmentReminder', id)).toBe('completed: finished');
  const reminders = await sent('appointmentReminder', id);
  const hoursBefore = reminders.map(({ decided_at }) =>
    Math.round((Date.parse(moved) - decided_at.getTime()) / HOUR),
  );
  expect(hoursBefore).toEqual([24, 2]);
});

it('requests the confirmation of a subscription, and sends a welcome after it', async () => {
  const { userId, id } = await customerOf('doubleOptIn');
  const now = engine.clock.now();
  await changeConsents(
    engine.services,
    id,
    [
      {
        channel: 'email',
        purpose: 'newsletter',
        state: 'unsubscribed',
        source: 'test',
        proof: {},
        at: now,
      },
    ],
    now,
  );
  await engine.track(userId, 'Subscription Requested', { topic: 'newsletter' });
  await engine.pass('3 days');
  expect(await templates('doubleOptIn', id)).toEqual([
    'confirm-subscription',
    'confirm-subscription',
  ]);
  const [ask] = await sent('doubleOptIn', id);
  expect(JSON.stringify(ask?.content)).toContain('/confirm/');
  await changeConsents(
    engine.services,
    id,
    [
      {
        channel: 'email',
        purpose: 'newsletter',
        state: 'subscribed',
        source: 'double-opt-in',
        proof: {},
        at: engine.clock.now(),
      },
    ],
    engine.clock.now(),
  );
  await engine.track(userId, 'Subscription Confirmed', { topic: 'newsletter', channel: 'email' });
  await engine.pass('1 day');
  expect(await finish('doubleOptIn', id)).toBe('completed: finished');
  expect((await templates('doubleOptIn', id)).at(-1)).toBe('subscription-welcome');
});

it('sends one preference link for ten requests', async () => {
  const { userId, id } = await customerOf('preferenceLink');
  await engine.track(userId, 'Preference Link Requested');
  expect(await finish('preferenceLink', id)).toBe('completed: finished');
  await engine.track(userId, 'Preference Link Requested');
  await engine.relayed();
  const mails = await sent('preferenceLink', id);
  expect(mails).toHaveLength(1);
  expect(JSON.stringify(mails[0])).toMatch(/\/preferences\/[\w-]+\.[\w-]+/);
});
