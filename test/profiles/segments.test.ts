import {
  all,
  any,
  computed,
  consent,
  defineSegment,
  did,
  lifecycle,
  mood,
  never,
  not,
  prediction,
  trait,
} from '../../src/journey';
import { changeConsents } from '../../src/consent/change-consents';
import { enqueueChanges } from '../../src/profiles/customer-changes';
import { inTransaction } from '../../src/db/transaction';
import { identify, START, startProjected, track, type ProjectedSystem } from './projected-system';

const DAY = 86_400_000;

const segments = {
  keen: defineSegment({ where: did('Order Completed', { atLeast: 2, within: '90 days' }) }),
  quiet: defineSegment({ where: never('Product Viewed', { within: '30 days' }) }),
  pushShy: defineSegment({
    where: all(
      did('Order Completed'),
      never('Message Opened', { where: { channel: { is: 'push' } } }),
    ),
  }),
  gold: defineSegment({ where: trait('plan', { is: 'gold' }) }),
  soon: defineSegment({
    where: trait('appointment_at', { after: { ago: 0 }, before: { ahead: '7 days' } }),
  }),
  spender: defineSegment({
    where: any(computed('spend', { atLeast: 500 }), lifecycle('loyal')),
  }),
  newsletter: defineSegment({ where: consent('email', 'newsletter') }),
  leaving: defineSegment({ where: prediction('churn', { above: 0.7 }, { maxAge: '7 days' }) }),
  cross: defineSegment({ where: all(mood('unhappy'), not(lifecycle('anonymous'))) }),
  gone: defineSegment({ where: lifecycle('lapsed') }),
};

let world: ProjectedSystem;
beforeAll(async () => {
  world = await startProjected(segments);
});
afterAll(() => world.close());
beforeEach(() => {
  world.time.now = START;
});

async function pass(days: number): Promise<void> {
  world.time.now = new Date(world.time.now.getTime() + days * DAY);
  await world.settled();
}

it('adds a customer when an event makes the condition true, and removes them when time makes it false', async () => {
  await world.accept(track('ann', 'Order Completed', { order_id: '1', total: 10 }));
  await world.settled();
  expect(await world.segmentsOf('ann')).toEqual(['pushShy', 'quiet']);
  await pass(10);
  await world.accept(track('ann', 'Order Completed', { order_id: '2', total: 10 }));
  await world.settled();
  expect(await world.segmentsOf('ann')).toEqual(['keen', 'pushShy', 'quiet']);
  // The first order leaves the window 90 days after it, that is 80 days from now.
  await pass(79.99);
  expect(await world.segmentsOf('ann')).toContain('keen');
  await pass(0.01);
  expect(await world.segmentsOf('ann')).not.toContain('keen');
  expect(await world.announcedFor('ann')).toEqual(['+quiet', '+pushShy', '+keen', '-keen']);
});

it('adds a customer by time alone', async () => {
  await world.accept(track('bob', 'Product Viewed', {}));
  await world.settled();
  expect(await world.segmentsOf('bob')).toEqual([]);
  await pass(31);
  expect(await world.segmentsOf('bob')).toEqual(['quiet']);
  await world.accept(track('bob', 'Product Viewed', {}));
  await world.settled();
  expect(await world.announcedFor('bob')).toEqual(['+quiet', '-quiet']);
});

it('reacts to traits, dates in traits, consents, predictions and feedback', async () => {
  const at = new Date(START.getTime() + 10 * DAY).toISOString();
  await world.accept(
    identify('cy', { plan: 'gold', appointment_at: at }),
    track('cy', 'Feedback Given', { nps: 2 }),
    track('cy', 'Product Viewed', {}),
  );
  const id = await world.customerId('cy');
  const said = { channel: 'email', purpose: 'newsletter', source: 'test', proof: {} } as const;
  const { services } = world;
  await changeConsents(services, id, [{ ...said, state: 'subscribed', at: START }], START);
  await inTransaction(services.db, async (tx) => {
    const row = { customer_id: id, name: 'churn', value: 0.9, at: START };
    await tx.insertInto('predictions').values(row).execute();
    await enqueueChanges(tx, [id], START);
  });
  await world.settled();
  expect(await world.segmentsOf('cy')).toEqual(['cross', 'gold', 'leaving', 'newsletter']);
  await pass(3);
  expect(await world.segmentsOf('cy')).toContain('soon');
  await pass(4);
  expect(await world.segmentsOf('cy')).not.toContain('leaving');
  await pass(3);
  expect(await world.segmentsOf('cy')).not.toContain('soon');
  const later = world.time.now;
  await changeConsents(services, id, [{ ...said, state: 'unsubscribed', at: later }], later);
  await world.accept(identify('cy', { plan: 'silver' }));
  await world.settled();
  expect(await world.segmentsOf('cy')).toEqual(['cross']);
});

it('moves a customer through the lifecycle stages', async () => {
  await world.accept(track('di', 'Order Completed', { order_id: '1', total: 499 }));
  await world.settled();
  expect(await world.segmentsOf('di')).not.toContain('spender');
  await world.accept(track('di', 'Order Completed', { order_id: '2', total: 1 }));
  await world.settled();
  expect(await world.segmentsOf('di')).toContain('spender');
  await world.accept(track('di', 'Order Refunded', { order_id: '1' }));
  await world.settled();
  expect(await world.segmentsOf('di')).not.toContain('spender');
  await pass(179);
  expect(await world.segmentsOf('di')).not.toContain('gone');
  await pass(2);
  expect(await world.segmentsOf('di')).toContain('gone');
});

it('uses the message’s own columns where a report omits them', async () => {
  await world.accept(track('ed', 'Order Completed', { order_id: '1', total: 1 }));
  await world.settled();
  expect(await world.segmentsOf('ed')).toContain('pushShy');
  await world.accept(track('ed', 'Message Opened', { message_id: 'm', channel: 'push' }));
  await world.settled();
  expect(await world.segmentsOf('ed')).not.toContain('pushShy');
});

it('rejects values of another type than the one they are compared with', async () => {
  await world.accept(
    identify('fay', { plan: { is: 'gold' }, appointment_at: '2026-99-99' }),
    identify('gus', { plan: null, appointment_at: 'tomorrow' }),
    track('fay', 'Order Completed', { order_id: "'; drop table events; --", total: 1e300 }),
  );
  await world.settled();
  expect(await world.segmentsOf('fay')).toEqual(['pushShy', 'quiet', 'spender']);
  expect(await world.segmentsOf('gus')).toEqual(['quiet']);
});
