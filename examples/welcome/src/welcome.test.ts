import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startTestSystem, type TestSystem } from 'throughline/testing';
import { app } from './app';

describe('the welcome journey', () => {
  let system: TestSystem;
  before(async () => {
    system = await startTestSystem({ app });
  });
  after(() => system.stop());

  async function signUp(userId: string): Promise<void> {
    await system.identify(userId, { email: `${userId}@customers.example`, first_name: 'Ada' });
    await system.subscribe(userId, 'email', ['tips']);
    await system.track(userId, 'Signed Up', { plan: 'free' });
  }

  it('sends a welcome at once and first steps in the morning after three days', async () => {
    await signUp('ada');
    await system.pass('1 hour');
    const [welcome] = await system.mails('ada');
    assert.equal(welcome?.subject, 'Welcome');
    assert.match(welcome.text, /your account on the plan free is ready/);
    await system.pass('5 days');
    const messages = await system.messages('ada');
    assert.deepEqual(
      messages.map(({ template, status }) => `${template} ${status}`),
      ['welcome sent', 'first-steps sent'],
    );
    assert.equal(
      messages[1]?.at.toLocaleTimeString('de', { timeZone: 'Europe/Berlin' }),
      '10:00:00',
    );
  });

  it('sends no first steps to a customer who has ordered', async () => {
    await signUp('bob');
    await system.pass('1 day');
    await system.track('bob', 'Order Completed', { order_id: 'o-1' });
    await system.pass('5 days');
    assert.equal((await system.messages('bob')).length, 1);
  });

  it('asks for a confirmation of a subscription, as in every application', async () => {
    await system.identify('eve', { email: 'eve@customers.example' });
    await system.track('eve', 'Subscription Requested', { topic: 'tips' });
    await system.pass('1 hour');
    const [mail] = await system.mails('eve');
    assert.equal(mail?.subject, 'Please confirm: was this you?');
  });
});
