import type { SendInput } from '../../../src/journey/engine-activities';
import { newId } from '../../../src/db/new-id';
import { explainCustomer } from '../../../src/reporting/explain';
import { LINKS } from '../../support/engine';
import { HOUR, intent, NOW, useDecisionWorld } from './decision-world';

const world = useDecisionWorld();
const { customer, enrollment, decide } = world;

it('enforces a cap exactly across journeys under 40 concurrent decisions', async () => {
  const { id } = await customer();
  const results = await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      const journey = `journey-${index % 8}`;
      return decide(intent(id, await enrollment(id, journey), { journey }));
    }),
  );
  expect(results.filter((result) => result.do === 'send')).toHaveLength(3);
  expect(
    results.filter((result) => result.do === 'skip' && result.reason === 'capped'),
  ).toHaveLength(37);
});

it('sends a marketing message once to an address that several customers share', async () => {
  const email = `${newId()}@shared.example`;
  const owner = await customer({ email });
  await world.services.db
    .insertInto('identifiers')
    .values({ kind: 'email', value: email, customer_id: owner.id, created_at: new Date(NOW) })
    .execute();
  const all = [owner, ...(await Promise.all([1, 2, 3].map(() => customer({ email }))))];
  const both = async (change: Partial<SendInput>) => {
    const inputs = await Promise.all(
      all.map(async ({ id }) => intent(id, await enrollment(id, `journey-${newId()}`), change)),
    );
    return Promise.all(inputs.map((input) => withRetries(() => decide(input))));
  };
  const offers = await both({});
  expect(offers.filter((result) => result.do === 'send')).toHaveLength(1);
  expect(
    offers.filter((result) => result.do === 'skip' && result.reason === 'address-reached'),
  ).toHaveLength(3);
  // Transactional messages go to each of them.
  const confirmations = await both({ purpose: 'transactional' });
  expect(confirmations.filter((result) => result.do === 'send')).toHaveLength(4);
  // The limit applies for a day.
  const later = await both({ now: NOW + 25 * HOUR });
  expect(later.filter((result) => result.do === 'send')).toHaveLength(1);
});

/** Retries after a serialization conflict, as a Temporal worker does. */
async function withRetries<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 * attempt));
    }
  }
}

it('returns the same decision to repeated and concurrent calls', async () => {
  const { id } = await customer();
  const input = intent(id, await enrollment(id, 'winBack'));
  const results = await Promise.all(Array.from({ length: 10 }, () => decide(input)));
  expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
  const messages = await world.services.db
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
])(
  'sends no marketing with the consent %s, but sends transactional messages',
  async (consent, reason) => {
    const { id } = await customer({ consent });
    expect(await decide(intent(id, await enrollment(id, 'winBack')))).toEqual({
      do: 'skip',
      reason,
    });
    const order = intent(id, await enrollment(id, 'orderConfirmation'), {
      purpose: 'transactional',
    });
    expect((await decide(order)).do).toBe('send');
  },
);

it('sends nothing to a suppressed address, regardless of case and purpose', async () => {
  const { id } = await customer({ email: 'Dead@Customers.Example' });
  await world.services.db
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

it('holds a message until quiet hours end in the customer’s zone, and then decides again', async () => {
  const { id } = await customer({ zone: 'Asia/Tokyo' }); // 12:00 UTC is 21:00 there
  const input = intent(id, await enrollment(id, 'winBack'));
  const until = Date.UTC(2026, 5, 3, 23); // 08:00 in Tokyo
  expect(await decide(input)).toEqual({ do: 'defer', until, reason: 'quiet-hours' });
  await world.services.db
    .updateTable('consents')
    .set({ state: 'unsubscribed' })
    .where('customer_id', '=', id)
    .execute();
  const after = await decide({ ...input, now: until });
  expect(after).toEqual({ do: 'skip', reason: 'unsubscribed' });
  const records = await world.services.db
    .selectFrom('decisions')
    .selectAll()
    .where('customer_id', '=', id)
    .execute();
  expect(records).toHaveLength(1);
  expect(records[0]?.deferrals).toHaveLength(1);
});

it('chooses the first channel that passes every gate, and records why the others failed', async () => {
  const { id } = await customer();
  const input = intent(id, await enrollment(id, 'winBack'), { via: ['push', 'email'] });
  expect(await decide(input)).toMatchObject({ do: 'send', channel: 'email' });
  const record = await world.services.db
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

it('reports the reason of the channel that passed the most gates', async () => {
  const { id } = await customer({ consent: 'unsubscribed' });
  const input = intent(id, await enrollment(id, 'winBack'), { via: ['push', 'email'] });
  expect(await decide(input)).toEqual({ do: 'skip', reason: 'unsubscribed' });
});

it('sends nothing for an enrollment that has ended', async () => {
  const { id } = await customer();
  const input = intent(id, await enrollment(id, 'winBack', 'exited'));
  expect(await decide(input)).toEqual({ do: 'skip', reason: 'enrollment-ended' });
});

it('records a decision not to send when a template cannot be rendered', async () => {
  const { id } = await customer();
  const input = intent(id, await enrollment(id, 'winBack'), { props: {} });
  expect(await decide(input)).toEqual({ do: 'skip', reason: 'render-failed' });
  const gone = intent(id, await enrollment(id, 'winBack'), { template: 'taken out' });
  expect((await decide(gone)).do).toBe('skip');
});

it('puts an unsubscribe link into marketing', async () => {
  const { id } = await customer();
  const result = await decide(intent(id, await enrollment(id, 'winBack')));
  const contentOf = async (messageId: string) => {
    const row = await world.services.db
      .selectFrom('messages')
      .select('content')
      .where('id', '=', messageId)
      .executeTakeFirstOrThrow();
    return JSON.stringify(row.content);
  };
  if (result.do !== 'send') throw new Error('not sent');
  expect(await contentOf(result.messageId)).toContain(`${LINKS.publicUrl}/unsubscribe/`);
});

it('adds a visitor token to links to the shop, and to no other link', async () => {
  const { id } = await customer();
  const result = await decide(intent(id, await enrollment(id, 'winBack')));
  if (result.do !== 'send') throw new Error('not sent');
  const { content } = await world.services.db
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
      db: world.services.db,
      clock: world.services.clock,
      client: () => Promise.reject(new Error('Temporal is unavailable')),
    },
    id,
  );
  expect(text).toContain('win-back-offer');
  expect(text).toContain('opted out');
});
