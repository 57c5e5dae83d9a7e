import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { startErasure } from '../../src/activities/system';
import type { Retention } from '../../src/app';
import { newId } from '../../src/db/new-id';
import { eraseCustomer } from '../../src/privacy/erasure';
import { ensureSystemJobs, scheduleId } from '../../src/system/jobs/ensure-system-jobs';
import { WRITE } from '../api/api-world';

import { person, strings, type Person } from './person';
import { startPrivacyWorld, TASK_QUEUE, type PrivacyWorld } from './privacy-world';

jest.setTimeout(500_000);

let world: PrivacyWorld;

/** Temporal deletes an execution some time after it was asked to. */
async function until<T>(what: string, probe: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + 400_000;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`Waited 400 s in vain for: ${what}`);
    await sleep(50);
  }
}

beforeAll(async () => {
  world = await startPrivacyWorld();
}, 120_000);

afterAll(() => world.stop(), 60_000);

const send = (type: string, body: object) => world.call('POST', `/v1/${type}`, body, WRITE);

/** Lives a month of a customer: events of all kinds, journeys, mails, a task, consents. */
async function live(of: Person): Promise<string> {
  const { userId, anonymousId } = of;
  const { db } = world.services;
  await send('page', { anonymousId, name: 'Landing', properties: { url: `/?q=${of.note}` } });
  await send('identify', {
    userId,
    anonymousId,
    traits: {
      email: of.email,
      phone: of.phone,
      first_name: of.firstName,
      address: { street: of.street },
      plan: 'gold',
    },
    context: { ip: of.ip, userAgent: `browser of ${of.firstName}` },
  });
  const { json: profile } = await world.call('GET', `/v1/customers/${userId}`);
  const id: string = profile.id;
  const consents = [
    { channel: 'email', purpose: 'offers', state: 'subscribed', proof: { ip: of.ip } },
    { channel: 'email', purpose: 'newsletter', state: 'unsubscribed', proof: { said: of.note } },
  ];
  await world.call('PUT', `/v1/customers/${userId}/consents`, { consents });
  await send('track', {
    userId,
    event: 'Order Completed',
    properties: {
      order_id: `order-of-${of.firstName}`,
      total: 99.5,
      currency: 'EUR',
      email: of.email,
      delivery_note: of.note,
    },
  });
  await send('track', {
    userId,
    event: 'Cart Updated',
    messageId: `${of.firstName}-cart`,
    properties: { cart_id: `cart-of-${of.firstName}`, note: of.note },
  });
  await send('track', { userId, event: `Called by ${of.firstName}`, properties: {} });
  await send('track', { userId, event: 'Cart Updated', properties: { cart_id: 7, note: of.note } });
  await send('track', {
    event: 'Message Delivered',
    anonymousId: 'some-provider',
    properties: { message_id: 'no-message-of-ours' },
  });
  const sent = await until('the order to be confirmed', () =>
    db
      .selectFrom('messages')
      .select(['id', 'enrollment_id', 'provider_message_id'])
      .where('customer_id', '=', id)
      .where('status', '=', 'sent')
      .executeTakeFirst(),
  );
  await send('track', {
    userId,
    event: 'Message Opened',
    properties: { message_id: sent.id, recipient: of.email },
  });
  await db
    .updateTable('delivery_attempts')
    .set({ response: `250 queued for <${of.email}>` })
    .where('message_id', '=', sent.id)
    .execute();
  await db
    .insertInto('inbox_items')
    .values({
      id: newId(),
      customer_id: id,
      title: `Hello ${of.firstName}`,
      body: of.note,
      created_at: new Date(),
    })
    .execute();
  await db
    .insertInto('tasks')
    .values({
      id: newId(),
      customer_id: id,
      enrollment_id: sent.enrollment_id,
      journey: 'orderConfirmation',
      kind: 'call',
      title: `Call ${of.firstName}`,
      details: JSON.stringify({ phone: of.phone }),
      status: 'completed',
      outcome: `${of.firstName} was glad`,
      notes: of.note,
      created_at: new Date(),
    })
    .execute();
  await db
    .insertInto('suppressions')
    .values({
      channel: 'sms',
      address: of.phone.toLowerCase(),
      reason: 'stop',
      message_id: null,
      at: new Date(),
    })
    .execute();
  return id;
}

/** What a month is reported by. */
async function totals(): Promise<object> {
  const { db } = world.services;
  const ask = async (query: ReturnType<typeof sql>) => (await query.execute(db)).rows;
  return {
    events: await ask(sql`
      select date_trunc('month', received_at) as month, type, count(*),
        count(distinct customer_id) as customers,
        sum((properties ->> 'total')::numeric) as revenue
      from events group by 1, 2 order by 1, 2`),
    named: await ask(sql`
      select name, count(*) from events where name not like 'Called by%' and name <> 'erased'
      group by 1 order by 1`),
    messages: await ask(sql`
      select date_trunc('month', decided_at) as month, journey, step, channel, template,
        variant::text, purpose, status, count(*), sum(cost) as spend, count(opened_at) as opened
      from messages group by 1, 2, 3, 4, 5, 6, 7, 8 order by 1, 2, 3, 4, 5, 6, 7, 8`),
    decisions: await ask(sql`
      select journey, outcome, reason, count(*) from decisions group by 1, 2, 3 order by 1, 2, 3`),
    enrollments: await ask(sql`
      select journey, holdout, count(*), count(goal_reached_at) as conversions
      from enrollments group by 1, 2 order by 1, 2`),
    consents: await ask(sql`
      select channel, purpose, state, count(*) from consent_ledger
      group by 1, 2, 3 order by 1, 2, 3`),
    assignments: await ask(sql`
      select experiment, arm, count(*) from assignments group by 1, 2 order by 1, 2`),
    orders: await ask(sql`
      select date_trunc('month', completed_at) as month, currency, counts, count(*),
        sum(amount) as amount, sum(refunded) as refunded
      from orders group by 1, 2, 3 order by 1, 2, 3`),
    exposures: await ask(sql`
      select journey, experiment, arm, count(*) from exposures group by 1, 2, 3 order by 1, 2, 3`),
    touches: await ask(sql`
      select journey, channel, outcome, count(*) from touches group by 1, 2, 3 order by 1, 2, 3`),
    customers: await ask(sql`
      select date_trunc('month', created_at) as month, count(*) from customers
      where merged_into is null or merged_into = id group by 1`),
  };
}

async function findings(of: Person, customerId: string): Promise<readonly string[]> {
  const haystacks = [
    ...(await world.everyRow()),
    ...(await world.everyHistory()),
    ...(await world.everyMail()),
  ].map((each) => each.toLowerCase());
  return strings(of, customerId).flatMap((needle) =>
    haystacks
      .filter((hay) => hay.includes(needle))
      .map((hay) => `${needle} in ${hay.slice(0, 300)}`),
  );
}

async function done(requestId: string): Promise<void> {
  await until('the erasure to be done', async () => {
    const { json } = await world.call('GET', `/v1/privacy/requests/${requestId}`);
    return json.status === 'done';
  });
}

/** Erases, and does not wait a minute for what may be on its way. */
async function erase(reference: string): Promise<string> {
  const { services, client } = world;
  const { json } = await world.call('GET', `/v1/customers/${reference}`);
  const erased = await eraseCustomer(services.erasure, json.id, 'test');
  const { requestId = '' } = erased ?? {};
  await startErasure(client, TASK_QUEUE, requestId, 1_000);
  return requestId;
}

it('leaves no string of an erased person anywhere, and the month as it was', async () => {
  const ada = person('ada');
  const bob = person('bob');
  const adaId = await live(ada);
  const bobId = await live(bob);
  await until('the carts to wait', async () => {
    const { rows } = await sql`
      select 1 from enrollments where journey = 'abandonedCart' and status = 'active'`.execute(
      world.services.db,
    );
    return rows.length === 2;
  });
  await until('the outbox to be carried', async () => {
    const { rows } = await sql`select 1 from outbox`.execute(world.services.db);
    return rows.length === 0;
  });
  const found = await findings(ada, adaId);
  expect(found.length).toBeGreaterThan(20);
  expect(found.some((each) => each.includes(' in abandonedcart/'))).toBe(true);
  expect((await world.everyMail()).length).toBe(2);
  const before = await totals();
  const bobBefore = (await findings(bob, bobId)).length;

  await done(await erase(ada.userId));

  expect(await findings(ada, adaId)).toEqual([]);
  expect(await totals()).toEqual(before);
  expect((await findings(bob, bobId)).length).toBe(bobBefore);
  expect((await world.call('GET', `/v1/customers/${ada.userId}`)).status).toBe(404);
  expect((await world.call('GET', `/v1/customers/${bob.userId}`)).status).toBe(200);
  const workflows: string[] = [];
  for await (const each of world.client.workflow.list()) workflows.push(each.type);
  expect(workflows.filter((type) => type === 'abandonedCart')).toHaveLength(1);
});

it('takes an erasure twice without harm, and answers what was done', async () => {
  const cleo = person('cleo');
  const id = await live(cleo);
  const first = await world.call('DELETE', `/v1/customers/${cleo.userId}`);
  expect(first.status).toBe(202);
  expect(first.json).toMatchObject({ erased: true, status: 'running' });
  expect(first.json.rows.events).toBeGreaterThan(5);
  const second = await world.call('DELETE', `/v1/customers/${cleo.userId}`);
  expect(second.status).toBe(200);
  expect(second.json).toMatchObject({ erased: false });
  const third = await world.call('POST', `/v1/customers/${id}/erase`, {});
  expect(third.json).toMatchObject({ erased: false });
  // Nothing of hers stands there from the moment of the answer on, but what Temporal has to delete.
  const rows = (await world.everyRow()).join('\n').toLowerCase();
  for (const each of strings(cleo, 'no-id')) expect(rows).not.toContain(each);
});

it('keeps the address suppressed for whoever comes back with it, by its hash', async () => {
  const dora = person('dora');
  await live(dora);
  await erase(dora.userId);
  await send('identify', { userId: dora.userId, traits: { email: dora.email, phone: dora.phone } });
  const { json } = await world.call('GET', `/v1/customers/${dora.userId}`);
  expect(json.consents).toEqual([]);
  expect(json.counts.events).toBe(1);
  const { db, hasher } = world.services;
  const suppressed = await db.selectFrom('suppressions').select(['channel', 'address']).execute();
  expect(suppressed).toContainEqual({ channel: 'sms', address: hasher.hash(dora.phone) });
  const optOuts = await db
    .selectFrom('erased_opt_outs')
    .select(['channel', 'purpose'])
    .where('address_hash', '=', hasher.hash(dora.email))
    .execute();
  expect(optOuts).toEqual([{ channel: 'email', purpose: 'newsletter' }]);
});

it('leaves nothing behind while events come in and journeys run', async () => {
  const emil = person('emil');
  const id = await live(emil);
  const writing = new AbortController();
  let taken = 0;
  const statuses = new Set<number>();
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    for (let at = 0; !writing.signal.aborted; at++) {
      const { status } = await send('batch', {
        batch: [
          {
            type: 'track',
            userId: emil.userId,
            event: 'Cart Updated',
            properties: { cart_id: `${emil.firstName}-${writer}-${at}`, note: emil.note },
          },
          {
            type: 'page',
            userId: emil.userId,
            anonymousId: `${emil.anonymousId}-${writer}-${at}`,
            name: 'Home',
            properties: { note: emil.note },
          },
        ],
      });
      statuses.add(status);
      taken++;
      await sleep(50); // each cart is a journey, which Temporal takes its time to delete
    }
  });
  await until('events to come in', () => Promise.resolve(taken > 20));
  const requestId = await erase(emil.userId);
  await sleep(700);
  writing.abort();
  await Promise.all(writers);
  expect([...statuses]).toEqual([200]);
  await done(requestId);
  // What came after the erasure made a new customer, who is nobody we know.
  const later = await world.call('GET', `/v1/customers/${emil.userId}`);
  expect(later.status).toBe(200);
  expect(later.json.traits).toEqual({});
  expect(later.json.id).not.toBe(id);
  // Asked for as a preference centre writes it down.
  const wish = newId();
  await world.services.db
    .insertInto('privacy_requests')
    .values({
      id: wish,
      customer_id: later.json.id,
      kind: 'erase',
      source: 'preference-centre',
      requested_at: new Date(),
    })
    .execute();
  await startErasure(world.client, TASK_QUEUE, wish, 1_000);
  await done(wish);
  expect(await findings(emil, id)).toEqual([]);
});

it('picks up by itself an erasure that somebody asked for and nobody works on', async () => {
  const fay = person('fay');
  const id = await live(fay);
  const { db, app } = world.services;
  const requestId = newId();
  await db
    .insertInto('privacy_requests')
    .values({
      id: requestId,
      customer_id: id,
      kind: 'erase',
      source: 'preference-centre',
      requested_at: new Date(),
    })
    .execute();
  await ensureSystemJobs(world.client, { taskQueue: TASK_QUEUE, policy: app.policy });
  await until('the rows to be erased', async () => {
    const { json } = await world.call('GET', `/v1/privacy/requests/${requestId}`);
    return json.status === 'running';
  });
  const rows = (await world.everyRow()).join('\n').toLowerCase();
  for (const each of strings(fay, 'no-id')) expect(rows).not.toContain(each);
});

it('enforces the retention periods by a schedule of Temporal, for as long as there are any', async () => {
  const { client, services } = world;
  const ensure = (retention: Retention) =>
    ensureSystemJobs(client, {
      taskQueue: TASK_QUEUE,
      policy: { ...services.app.policy, retention },
    });
  await ensure({ messages: '400 days', events: '800 days' });
  await ensure({ messages: '300 days' }); // of a new version
  const schedule = client.schedule.getHandle(scheduleId(TASK_QUEUE, 'retention'));
  const { spec } = await schedule.describe();
  expect(spec.calendars?.[0]).toMatchObject({ hour: [{ start: 3 }], minute: [{ start: 17 }] });
  await schedule.trigger();
  const runs = await until('the retention to have run', async () => {
    const rows = await services.db.selectFrom('retention_runs').select('kind').execute();
    return rows.length === 2 && rows;
  });
  // What a worker enforces is its app's policy.
  expect(runs.map(({ kind }) => kind).toSorted()).toEqual(['events', 'messages']);
  await ensure({});
  await ensure({});
  await expect(schedule.describe()).rejects.toThrow(/not found/i);
});
