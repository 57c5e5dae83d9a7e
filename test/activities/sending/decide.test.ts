import { MockActivityEnvironment } from '@temporalio/testing';
import type { App } from '../../../src/app';
import type {
  SendInput,
  DeliverResult,
  NextProvider,
} from '../../../src/journey/engine-activities';
import type { Services } from '../../../src/compose';
import { eraseCustomer } from '../../../src/privacy/erasure';
import { explainCustomer } from '../../../src/reporting/explain';
import { app as shopApp } from '../../../src/workflows/app';
import { newId } from '../../../src/db/new-id';
import { LINKS } from '../../support/engine';
import { composeServices, type TestServices } from '../../support/services';

const NOW = Date.UTC(2026, 5, 3, 12);
const HOUR = 3_600_000;

const app: App = {
  ...shopApp,
  policy: { ...shopApp.policy, caps: [{ name: 'a week', max: 3, window: '7 days' }] },
};

let composed: TestServices;
let services: Services;

beforeAll(async () => {
  composed = await composeServices({
    app,
    maxConnections: 20,
    clock: { now: () => new Date(NOW) },
  });
  services = composed.processes[0];
});
afterAll(() => composed.close());

async function customer(options: { consent?: string; email?: string; zone?: string } = {}) {
  const { consent = 'subscribed', email = `${newId()}@customers.example`, zone = null } = options;
  const id = newId();
  const at = new Date(NOW - HOUR);
  await services.db
    .insertInto('customers')
    .values({
      id,
      traits: JSON.stringify({ email }),
      time_zone: zone,
      created_at: at,
      updated_at: at,
    })
    .execute();
  if (consent !== 'none') {
    await services.db
      .insertInto('consents')
      .values({
        customer_id: id,
        channel: 'email',
        purpose: 'offers',
        state: consent as 'subscribed',
        at,
      })
      .execute();
  }
  return { id, email };
}

async function enrollment(customerId: string, journey: string, status = 'active') {
  const id = newId();
  const at = new Date(NOW - HOUR);
  await services.db
    .insertInto('enrollments')
    .values({
      id,
      customer_id: customerId,
      journey,
      key: id,
      status: status as 'active',
      subscriptions: [],
      holdout: false,
      priority: 3,
      entered_at: at,
      entered_seq: 0,
      starts_at: at,
      end_reason: null,
      trigger_event_id: null,
      goal_event_id: null,
    })
    .execute();
  return id;
}

function intent(customerId: string, enrollmentId: string, change: Partial<SendInput> = {}) {
  return {
    decisionId: `${enrollmentId}.0`,
    enrollmentId,
    customerId,
    journey: 'winBack',
    step: 0,
    template: 'win-back-offer',
    purpose: 'offers',
    via: ['email'],
    props: { arm: 'advice' },
    priority: 'normal' as const,
    value: null,
    tags: [],
    aboutEventId: null,
    exposures: [],
    now: NOW,
    overdue: false,
    ...change,
  };
}

const decide = (input: SendInput) => services.engineActivities.send(input);

it('keeps a cap exactly over all journeys when 40 decide at the same time', async () => {
  const { id } = await customer();
  const results = await Promise.all(
    Array.from({ length: 40 }, async (_, at) => {
      const journey = `journey-${at % 8}`;
      return decide(intent(id, await enrollment(id, journey), { journey }));
    }),
  );
  expect(results.filter((result) => result.do === 'send')).toHaveLength(3);
  expect(
    results.filter((result) => result.do === 'skip' && result.reason === 'capped'),
  ).toHaveLength(37);
});

it('sends a message to an address once, however many customers have it', async () => {
  const email = `${newId()}@shared.example`;
  const owner = await customer({ email });
  await services.db
    .insertInto('identifiers')
    .values({ kind: 'email', value: email, customer_id: owner.id, created_at: new Date(NOW) })
    .execute();
  const all = [owner, ...(await Promise.all([1, 2, 3].map(() => customer({ email }))))];
  const both = async (change: Partial<SendInput>) => {
    const inputs = await Promise.all(
      all.map(async ({ id }) => intent(id, await enrollment(id, `journey-${newId()}`), change)),
    );
    return Promise.all(inputs.map((input) => patiently(() => decide(input))));
  };
  const offers = await both({});
  expect(offers.filter((result) => result.do === 'send')).toHaveLength(1);
  expect(
    offers.filter((result) => result.do === 'skip' && result.reason === 'address-reached'),
  ).toHaveLength(3);
  // What each of them has ordered concerns each of them.
  const confirmations = await both({ purpose: 'transactional' });
  expect(confirmations.filter((result) => result.do === 'send')).toHaveLength(4);
  // Another day, another message.
  const later = await both({ now: NOW + 25 * HOUR });
  expect(later.filter((result) => result.do === 'send')).toHaveLength(1);
});

/** Asks again where Postgres let go of it, as a Temporal worker does. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 * attempt));
    }
  }
}

it('decides once, however often it is asked, also at the same time', async () => {
  const { id } = await customer();
  const input = intent(id, await enrollment(id, 'winBack'));
  const results = await Promise.all(Array.from({ length: 10 }, () => decide(input)));
  expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
  const messages = await services.db
    .selectFrom('messages')
    .select('id')
    .where('customer_id', '=', id)
    .execute();
  expect(messages).toHaveLength(1);
});

it.each([
  ['none', 'no-consent'],
  ['pending', 'pending-consent'],
  ['unsubscribed', 'unsubscribed'],
])('sends no marketing with the consent %s, but what is transactional', async (consent, reason) => {
  const { id } = await customer({ consent });
  expect(await decide(intent(id, await enrollment(id, 'winBack')))).toEqual({ do: 'skip', reason });
  const order = intent(id, await enrollment(id, 'orderConfirmation'), { purpose: 'transactional' });
  expect((await decide(order)).do).toBe('send');
});

it('writes to no suppressed address, whatever its case and for whatever purpose', async () => {
  const { id } = await customer({ email: 'Dead@Customers.Example' });
  await services.db
    .insertInto('suppressions')
    .values({
      channel: 'email',
      address: 'dead@customers.example',
      reason: 'hard-bounce',
      at: new Date(NOW),
      message_id: null,
    })
    .execute();
  for (const purpose of ['offers', 'transactional']) {
    const input = intent(id, await enrollment(id, 'winBack'), { purpose });
    expect(await decide(input)).toEqual({ do: 'skip', reason: 'suppressed' });
  }
});

it('holds a message until quiet hours end in the customer’s zone, and then weighs anew', async () => {
  const { id } = await customer({ zone: 'Asia/Tokyo' }); // 12:00 UTC is 21:00 there
  const input = intent(id, await enrollment(id, 'winBack'));
  const until = Date.UTC(2026, 5, 3, 23); // 08:00 in Tokyo
  expect(await decide(input)).toEqual({ do: 'defer', until, reason: 'quiet-hours' });
  await services.db
    .updateTable('consents')
    .set({ state: 'unsubscribed' })
    .where('customer_id', '=', id)
    .execute();
  const after = await decide({ ...input, now: until });
  expect(after).toEqual({ do: 'skip', reason: 'unsubscribed' });
  const records = await services.db
    .selectFrom('decisions')
    .selectAll()
    .where('customer_id', '=', id)
    .execute();
  expect(records).toHaveLength(1);
  expect(records[0]?.deferrals).toHaveLength(1);
});

it('takes the first wanted channel that is open, and records why each other was not', async () => {
  const { id } = await customer();
  const input = intent(id, await enrollment(id, 'winBack'), { via: ['push', 'email'] });
  expect(await decide(input)).toMatchObject({ do: 'send', channel: 'email' });
  const record = await services.db
    .selectFrom('decisions')
    .selectAll()
    .where('id', '=', input.decisionId)
    .executeTakeFirstOrThrow();
  expect(record.candidates).toEqual([
    { channel: 'push', verdict: 'no-provider', cost: 0 },
    { channel: 'email', verdict: 'chosen', cost: 0.001 },
  ]);
  expect(record.probability).toBe(1);
});

it('names the reason of the channel that came furthest', async () => {
  const { id } = await customer({ consent: 'unsubscribed' });
  const input = intent(id, await enrollment(id, 'winBack'), { via: ['push', 'email'] });
  expect(await decide(input)).toEqual({ do: 'skip', reason: 'unsubscribed' });
});

it('sends nothing for an enrollment that has ended meanwhile', async () => {
  const { id } = await customer();
  const input = intent(id, await enrollment(id, 'winBack', 'exited'));
  expect(await decide(input)).toEqual({ do: 'skip', reason: 'enrollment-ended' });
});

it('records a template that cannot be rendered as a decision, instead of failing', async () => {
  const { id } = await customer();
  const input = intent(id, await enrollment(id, 'winBack'), { props: {} });
  expect(await decide(input)).toEqual({ do: 'skip', reason: 'render-failed' });
  const gone = intent(id, await enrollment(id, 'winBack'), { template: 'taken out' });
  expect((await decide(gone)).do).toBe('skip');
});

it('puts a link into marketing with which the recipient leaves, and none into what is transactional', async () => {
  const { id } = await customer();
  const result = await decide(intent(id, await enrollment(id, 'winBack')));
  const contentOf = async (messageId: string) => {
    const row = await services.db
      .selectFrom('messages')
      .select('content')
      .where('id', '=', messageId)
      .executeTakeFirstOrThrow();
    return JSON.stringify(row.content);
  };
  if (result.do !== 'send') throw new Error('not sent');
  expect(await contentOf(result.messageId)).toContain(`${LINKS.publicUrl}/unsubscribe/`);
});

it('lets links to the shop recognise who follows them, and no other link', async () => {
  const { id } = await customer();
  const result = await decide(intent(id, await enrollment(id, 'winBack')));
  if (result.do !== 'send') throw new Error('not sent');
  const { content } = await services.db
    .selectFrom('messages')
    .select('content')
    .where('id', '=', result.messageId)
    .executeTakeFirstOrThrow();
  const links = JSON.stringify(content).match(/https?:\/\/[^"\\<>\s)]+/g) ?? [];
  const own = links.filter((link) => link.startsWith('https://shop.example'));
  expect(own.length).toBeGreaterThan(0);
  expect(own.filter((link) => !link.includes(`tl=1.${id}.${result.messageId}.`))).toEqual([]);
  const others = links.filter((link) => !own.includes(link));
  expect(others.length).toBeGreaterThan(0);
  expect(others.filter((link) => link.includes('tl='))).toEqual([]);
});

it('explains its decisions in words', async () => {
  const { id } = await customer({ consent: 'unsubscribed' });
  await decide(intent(id, await enrollment(id, 'winBack')));
  const text = await explainCustomer(
    {
      db: services.db,
      clock: services.clock,
      client: () => Promise.reject(new Error('Temporal is away')),
    },
    id,
  );
  expect(text).toContain('win-back-offer');
  expect(text).toContain('opted out');
});

describe('what has been forbidden between the decision and the first attempt', () => {
  async function decided() {
    const { id, email } = await customer();
    const result = await decide(intent(id, await enrollment(id, 'winBack')));
    if (result.do !== 'send') throw new Error(`Found ${result.do}; expected a message.`);
    return { id, email, messageId: result.messageId };
  }

  async function delivered(messageId: string) {
    const { deliver } = services.deliveryActivitiesOf(services.chains.get('email')![0]);
    const environment = new MockActivityEnvironment();
    const result = await environment.run<[string], DeliverResult | NextProvider, typeof deliver>(
      deliver,
      messageId,
    );
    const { db } = services;
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

  it('is not sent where the consent is gone, and counts as never tried', async () => {
    const { id, messageId } = await decided();
    await services.db
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

  it('is not sent where the address is suppressed', async () => {
    const { email, messageId } = await decided();
    await services.db
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

describe('what an erased customer had said', () => {
  const erase = (id: string) => eraseCustomer(services.erasure, id, 'test');

  async function suppress(address: string) {
    await services.db
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

  it('holds for their address: it stays suppressed', async () => {
    const before = await customer();
    await suppress(before.email);
    await erase(before.id);
    const rows = await services.db.selectFrom('suppressions').select('address').execute();
    expect(rows.map(({ address }) => address)).not.toContain(before.email);
    const after = await customer({ email: before.email.toUpperCase() });
    const input = intent(after.id, await enrollment(after.id, 'winBack'));
    expect(await decide(input)).toEqual({ do: 'skip', reason: 'suppressed' });
  });

  it('holds for the first attempt too, of a message that was decided before', async () => {
    const before = await customer();
    const sharing = await customer({ email: before.email });
    const result = await decide(intent(sharing.id, await enrollment(sharing.id, 'winBack')));
    if (result.do !== 'send') throw new Error(`Found ${result.do}; expected a message.`);
    await suppress(before.email);
    await erase(before.id);
    const { deliver } = services.deliveryActivitiesOf(services.chains.get('email')![0]);
    const environment = new MockActivityEnvironment();
    expect(
      await environment.run<[string], DeliverResult | NextProvider, typeof deliver>(
        deliver,
        result.messageId,
      ),
    ).toMatchObject({ status: 'failed', reason: 'suppressed' });
  });

  it('holds for the purpose that they opted out of, until they subscribe again', async () => {
    const before = await customer({ consent: 'unsubscribed' });
    await erase(before.id);
    // A list that is imported with an older consent brings nobody back.
    const after = await customer({ email: before.email });
    await services.db
      .updateTable('consents')
      .set({ at: new Date(NOW - 2 * HOUR) })
      .where('customer_id', '=', after.id)
      .execute();
    const input = intent(after.id, await enrollment(after.id, 'winBack'));
    expect(await decide(input)).toEqual({ do: 'skip', reason: 'unsubscribed' });
    const order = intent(after.id, await enrollment(after.id, 'orderConfirmation'), {
      purpose: 'transactional',
    });
    expect((await decide(order)).do).toBe('send');
    await services.db
      .updateTable('consents')
      .set({ at: new Date(NOW) })
      .where('customer_id', '=', after.id)
      .execute();
    expect((await decide(intent(after.id, await enrollment(after.id, 'winBack')))).do).toBe('send');
  });

  it('holds back a message of theirs that had not gone out', async () => {
    const { id } = await customer();
    const result = await decide(intent(id, await enrollment(id, 'winBack')));
    if (result.do !== 'send') throw new Error(`Found ${result.do}; expected a message.`);
    await erase(id);
    const { deliver } = services.deliveryActivitiesOf(services.chains.get('email')![0]);
    const environment = new MockActivityEnvironment();
    expect(
      await environment.run<[string], DeliverResult | NextProvider, typeof deliver>(
        deliver,
        result.messageId,
      ),
    ).toEqual({ status: 'failed', reason: 'erased' });
  });
});
