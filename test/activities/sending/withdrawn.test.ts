import { MockActivityEnvironment } from '@temporalio/testing';
import type { DeliverResult, NextProvider } from '../../../src/journey/engine-activities';
import { eraseCustomer } from '../../../src/privacy/erasure';
import { HOUR, intent, NOW, useDecisionWorld } from './decision-world';

const world = useDecisionWorld();
const { customer, enrollment, decide } = world;

describe('a message that was prohibited between the decision and the first attempt', () => {
  async function decided() {
    const { id, email } = await customer();
    const result = await decide(intent(id, await enrollment(id, 'winBack')));
    if (result.do !== 'send') throw new Error(`Found ${result.do}; expected a message.`);
    return { id, email, messageId: result.messageId };
  }

  async function delivered(messageId: string) {
    const { deliver } = world.services.deliveryActivitiesOf(world.services.chains.get('email')![0]);
    const environment = new MockActivityEnvironment();
    const result = await environment.run<[string], DeliverResult | NextProvider, typeof deliver>(
      deliver,
      messageId,
    );
    const { db } = world.services;
    const message = await db
      .selectFrom('messages')
      .select(['status', 'attempts', 'error'])
      .where('id', '=', messageId)
      .executeTakeFirstOrThrow();
    const attempts = await db
      .selectFrom('delivery_attempts')
      .select('attempt')
      .where('message_id', '=', messageId)
      .execute();
    return { status: result.status, message, attempts };
  }

  it('is not sent after the consent was withdrawn, and records no attempt', async () => {
    const { id, messageId } = await decided();
    await world.services.db
      .updateTable('consents')
      .set({ state: 'unsubscribed' })
      .where('customer_id', '=', id)
      .execute();
    expect(await delivered(messageId)).toEqual({
      status: 'failed',
      message: { status: 'failed', attempts: 0, error: 'unsubscribed' },
      attempts: [],
    });
  });

  it('is not sent after the address was suppressed', async () => {
    const { email, messageId } = await decided();
    await world.services.db
      .insertInto('suppressions')
      .values({
        channel: 'email',
        address: email,
        reason: 'complaint',
        message_id: null,
        at: new Date(NOW),
      })
      .execute();
    expect(await delivered(messageId)).toEqual({
      status: 'failed',
      message: { status: 'failed', attempts: 0, error: 'suppressed' },
      attempts: [],
    });
  });
});

describe('an erasure', () => {
  const erase = (id: string) => eraseCustomer(world.services.erasure, id, 'test');

  async function suppress(address: string) {
    await world.services.db
      .insertInto('suppressions')
      .values({
        channel: 'email',
        address,
        reason: 'complaint',
        message_id: null,
        at: new Date(NOW),
      })
      .execute();
  }

  it('keeps the address suppressed', async () => {
    const erased = await customer();
    await suppress(erased.email);
    await erase(erased.id);
    const rows = await world.services.db.selectFrom('suppressions').select('address').execute();
    expect(rows.map(({ address }) => address)).not.toContain(erased.email);
    const returned = await customer({ email: erased.email.toUpperCase() });
    const input = intent(returned.id, await enrollment(returned.id, 'winBack'));
    expect(await decide(input)).toEqual({ do: 'skip', reason: 'suppressed' });
  });

  it('keeps the address suppressed for a message that was already decided', async () => {
    const erased = await customer();
    const sharing = await customer({ email: erased.email });
    const result = await decide(intent(sharing.id, await enrollment(sharing.id, 'winBack')));
    if (result.do !== 'send') throw new Error(`Found ${result.do}; expected a message.`);
    await suppress(erased.email);
    await erase(erased.id);
    const { deliver } = world.services.deliveryActivitiesOf(world.services.chains.get('email')![0]);
    const environment = new MockActivityEnvironment();
    expect(
      await environment.run<[string], DeliverResult | NextProvider, typeof deliver>(
        deliver,
        result.messageId,
      ),
    ).toMatchObject({ status: 'failed', reason: 'suppressed' });
  });

  it('keeps an opt-out from a purpose until the customer subscribes again', async () => {
    const erased = await customer({ consent: 'unsubscribed' });
    await erase(erased.id);
    // An imported list with an older consent does not override the opt-out.
    const returned = await customer({ email: erased.email });
    await world.services.db
      .updateTable('consents')
      .set({ at: new Date(NOW - 2 * HOUR) })
      .where('customer_id', '=', returned.id)
      .execute();
    const input = intent(returned.id, await enrollment(returned.id, 'winBack'));
    expect(await decide(input)).toEqual({ do: 'skip', reason: 'unsubscribed' });
    const order = intent(returned.id, await enrollment(returned.id, 'orderConfirmation'), {
      purpose: 'transactional',
    });
    expect((await decide(order)).do).toBe('send');
    await world.services.db
      .updateTable('consents')
      .set({ at: new Date(NOW) })
      .where('customer_id', '=', returned.id)
      .execute();
    expect((await decide(intent(returned.id, await enrollment(returned.id, 'winBack')))).do).toBe(
      'send',
    );
  });

  it('withdraws a message that was not sent yet', async () => {
    const { id } = await customer();
    const result = await decide(intent(id, await enrollment(id, 'winBack')));
    if (result.do !== 'send') throw new Error(`Found ${result.do}; expected a message.`);
    await erase(id);
    const { deliver } = world.services.deliveryActivitiesOf(world.services.chains.get('email')![0]);
    const environment = new MockActivityEnvironment();
    expect(
      await environment.run<[string], DeliverResult | NextProvider, typeof deliver>(
        deliver,
        result.messageId,
      ),
    ).toEqual({ status: 'failed', reason: 'erased' });
  });
});
