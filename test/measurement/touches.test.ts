import * as fc from 'fast-check';
import { newId } from '../../src/db/new-id';
import { markSent } from '../../src/db/stores/messages';
import { mergeCustomers } from '../../src/identity/merge-customers';
import { inTransaction } from '../../src/db/transaction';
import type { RawCall } from '../../src/ingest/incoming';
import { composeServices, type TestServices } from '../support/services';

const START = new Date('2026-06-01T10:00:00Z');
const later = (minutes: number) => new Date(START.getTime() + minutes * 60_000);

let composed: TestServices;
beforeAll(async () => {
  composed = await composeServices();
});
afterAll(() => composed.close());

const services = () => composed.processes[0];

async function newCustomer(): Promise<string> {
  const id = newId();
  await services()
    .db.insertInto('customers')
    .values({ id, traits: '{}', created_at: START, updated_at: START })
    .execute();
  return id;
}

/** A message whose delivery is in flight. */
async function sendingMessage(customerId: string): Promise<string> {
  const { db } = services();
  const id = newId();
  const common = { customer_id: customerId, journey: 'winBack' };
  await db
    .insertInto('enrollments')
    .values({
      ...common,
      id,
      key: id,
      status: 'completed',
      subscriptions: [],
      holdout: false,
      priority: 3,
      entered_at: START,
      entered_seq: 1,
      starts_at: START,
    })
    .execute();
  const intent = { enrollment_id: id, step: 2, template: 'win-back-offer', purpose: 'offers' };
  await db
    .insertInto('decisions')
    .values({
      ...common,
      ...intent,
      id,
      tags: [],
      priority: 'normal',
      outcome: 'send',
      reason: 'chosen',
      candidates: '[]',
      basis: '{}',
      variant: '{}',
      deferrals: '[]',
      first_at: START,
      decided_at: START,
    })
    .execute();
  await db
    .insertInto('messages')
    .values({
      ...common,
      ...intent,
      id,
      decision_id: id,
      tags: [],
      variant: '{"win-back-offer": "gift"}',
      channel: 'email',
      provider: 'smtp',
      country: 'AT',
      address: 'ada@customers.example',
      content: '{"channel": "email", "subject": "", "html": "", "text": ""}',
      status: 'sending',
      attempts: 1,
      cost: 0,
      decided_at: START,
    })
    .execute();
  return id;
}

function report(name: string, messageId: string, at: Date, properties: object = {}): RawCall {
  return {
    type: 'track',
    index: 0,
    body: {
      anonymousId: 'provider',
      event: `Message ${name}`,
      properties: { message_id: messageId, ...properties },
      timestamp: at.toISOString(),
    },
  };
}

async function accept(...calls: readonly RawCall[]): Promise<void> {
  const { errors, quarantined } = await services().ingest.accept(calls);
  expect([...errors, ...quarantined]).toEqual([]);
}

const touchesOf = (messageId: string) =>
  services()
    .db.selectFrom('touches')
    .selectAll()
    .where('message_id', '=', messageId)
    .orderBy('outcome')
    .execute();

it('records each outcome of a message once, with everything that reports group by', async () => {
  const customer = await newCustomer();
  const id = await sendingMessage(customer);
  // The report overtakes the provider's answer.
  await accept(report('Delivered', id, later(2)), report('Clicked', id, later(5)));
  const receipt = { response: '250 OK', providerMessageId: null };
  await markSent(services().db, { messageId: id, attempt: 1, at: later(1), ...receipt });
  await accept(report('Clicked', id, later(3)), report('Complained', id, later(9)));
  const dimensions = {
    message_id: id,
    customer_id: customer,
    enrollment_id: id,
    journey: 'winBack',
    step: 2,
    purpose: 'offers',
    template: 'win-back-offer',
    variant: { 'win-back-offer': 'gift' },
    channel: 'email',
    provider: 'smtp',
    country: 'AT',
    machine: null,
  };
  expect(await touchesOf(id)).toEqual([
    { ...dimensions, outcome: 'clicked', at: later(3) },
    { ...dimensions, outcome: 'complained', at: later(9) },
    { ...dimensions, outcome: 'delivered', at: later(2) },
    { ...dimensions, outcome: 'sent', at: later(1) },
  ]);
});

it('counts the first open by a person, whatever the order and batching of the reports', async () => {
  const customer = await newCustomer();
  const opens = fc.array(
    fc.record({
      minute: fc.integer({ min: 0, max: 20 }),
      machine: fc.constantFrom(true, true, false, undefined),
      startsBatch: fc.boolean(),
    }),
    { minLength: 1, maxLength: 5 },
  );
  await fc.assert(
    fc.asyncProperty(opens, async (descriptions) => {
      const id = await sendingMessage(customer);
      const batches: RawCall[][] = [[]];
      for (const { minute, machine, startsBatch } of descriptions) {
        if (startsBatch) batches.push([]);
        batches.at(-1)?.push(report('Opened', id, later(minute), { machine }));
      }
      for (const batch of batches) if (batch.length > 0) await accept(...batch);
      const byPerson = descriptions.filter(({ machine }) => machine !== true);
      const counted = byPerson.length > 0 ? byPerson : descriptions;
      const kinds = descriptions.map(({ machine }) => machine);
      const [touch] = await touchesOf(id);
      expect(touch).toMatchObject({
        outcome: 'opened',
        at: later(Math.min(...counted.map(({ minute }) => minute))),
        machine: kinds.includes(false) ? false : kinds.includes(undefined) ? null : true,
      });
    }),
    { numRuns: 40 },
  );
}, 60_000);

it('moves orders, exposures and touches with a merged customer', async () => {
  const { db, ingest } = services();
  const [from, into] = [await newCustomer(), await newCustomer()];
  const id = await sendingMessage(from);
  await accept(report('Opened', id, later(1)));
  await db
    .insertInto('exposures')
    .values({
      decision_id: id,
      kind: 'experiment',
      experiment: 'win-back-offer',
      arm: 'gift',
      propensity: 0.5,
      customer_id: from,
      enrollment_id: id,
      journey: 'winBack',
      step: 2,
      template: 'win-back-offer',
      at: START,
    })
    .execute();
  for (const [customerId, total] of [
    [from, 30],
    [into, 20],
  ] as const) {
    await ingest.transact((_, record) =>
      record({
        messageId: newId(),
        customerId,
        type: 'track',
        name: 'Order Completed',
        properties: { order_id: 'o-1', total },
        at: later(total),
      }),
    );
  }
  await inTransaction(db, (tx) =>
    mergeCustomers(
      tx,
      { from, into, cause: 'alias', eventId: null, fromTraits: {}, intoTraits: {} },
      1,
      later(60),
    ),
  );
  expect(await touchesOf(id)).toMatchObject([{ customer_id: into, outcome: 'opened' }]);
  const orders = await db.selectFrom('orders').selectAll().where('order_id', '=', 'o-1').execute();
  // Both told of one order; the later statement counts.
  expect(orders).toMatchObject([{ customer_id: into, amount: 30, completed_at: later(20) }]);
  const exposures = await db.selectFrom('exposures').select('customer_id').execute();
  expect(exposures).toEqual([{ customer_id: into }]);
});
