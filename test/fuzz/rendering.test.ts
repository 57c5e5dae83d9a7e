import * as fc from 'fast-check';
import { openApi, call, ADMIN, READ, WRITE } from '../api/api-world';
import type { RunningApi } from '../../src/api/server';
import { startEngine, type Engine } from '../support/engine';
import { holds } from './fuzzing';
import { hostileFields, HOSTILE_TEXTS, objectText } from './hostile-json';
import { expectSound } from './soundness';

/** The whole engine behind the API: what came in badly must not do harm further on. */
let engine: Engine;
let api: RunningApi;

beforeAll(async () => {
  engine = await startEngine();
  api = await openApi({
    ...engine.services,
    client: () => Promise.resolve(engine.client),
    keys: { write: WRITE, admin: ADMIN, read: READ },
    topics: engine.services.app.catalogue.topics,
    mailboxDirectory: null,
    temporalUiUrl: null,
    namespace: 'default',
    taskQueue: engine.taskQueue,
    outboxAge: () => 0,
    readiness: () => Promise.resolve([]),
  });
});

afterAll(async () => {
  await api.close();
  await engine.stop();
});

const post = (path: string, body: unknown) =>
  call(`http://127.0.0.1:${api.port}`, 'POST', path, { key: ADMIN, body });

async function accepted(path: string, body: unknown): Promise<void> {
  const answer = await post(path, body);
  expect([answer.status, answer.json.errors ?? []]).toEqual([200, []]);
}

/** Subscribes nobody to anything: an order is confirmed by a transactional mail. */
async function order(userId: string, evil: string) {
  const email = `${userId}@customers.example`;
  await accepted('/v1/identify', {
    userId,
    traits: {
      email,
      first_name: evil,
      last_name: evil,
      timezone: evil,
      locale: evil,
      [evil]: evil,
    },
  });
  await accepted('/v1/track', {
    userId,
    event: 'Order Completed',
    properties: {
      order_id: evil === '' ? userId : evil,
      total: 12.5,
      currency: evil,
      coupon: evil,
      products: [{ name: evil, product_id: evil, price: 1, url: evil, image_url: evil }],
      [evil]: { [evil]: evil },
    },
    context: { locale: evil, timezone: evil, [evil]: evil },
  });
  const customerId = await engine.customerId(userId);
  // Every order ends in a decision, whatever stands in it.
  const message = await engine.until(`a message about the order of ${userId}`, () =>
    engine.services.db
      .selectFrom('messages')
      .select(['status', 'content'])
      .where('customer_id', '=', customerId)
      .where('status', 'in', ['sent', 'delivered', 'failed', 'suppressed'])
      .executeTakeFirst(),
  );
  const mail = engine.smtp.mails.find(({ rcpt }) => rcpt.includes(email));
  return { message, mail };
}

/** Texts that a template language, a mail or a page could take for something to carry out. */
const CARRIED_OUT = HOSTILE_TEXTS.filter((text) => /[{}<>%$\r\n']/.test(text) && text.length < 200);

describe('what is written into traits and properties', () => {
  it('is shown as it is, and never carried out', async () => {
    const evil = '{{ 7 | times: 7 }}{% assign x = 1 %}{{ customer.traits | json }}';
    const { message, mail } = await order('liquid', evil);
    expect(message.status).toBe('sent');
    expect(mail?.subject).toContain(evil);
    expect(mail?.text).toContain(evil);
    // In HTML the braces stand as they are; nothing of the traits has come in their place.
    expect(mail?.html).toContain('{{ 7 | times: 7 }}');
    expect(mail?.raw).not.toMatch(/\b49\b.*\{% assign/s);
    expect(mail?.html).not.toMatch(/&quot;last_name&quot;|"last_name"/);
  });

  it('leads to a mail to its own customer alone, without markup of its own', async () => {
    const checks = CARRIED_OUT.map(async (evil, at) => {
      const { message, mail } = await order(`evil-${at}`, evil);
      const told = {
        status: message.status,
        rcpt: mail?.rcpt,
        bcc: mail?.headers.get('bcc'),
        markup: /<script|<mj-|root:/i.exec(mail?.html ?? '')?.[0],
        long: (mail?.raw.length ?? 0) > 200_000,
      };
      expect({ evil, ...told }).toEqual({
        evil,
        status: 'sent',
        rcpt: [`evil-${at}@customers.example`],
        bcc: undefined,
        markup: undefined,
        long: false,
      });
    });
    await Promise.all(checks);
  });
});

describe('an operator who writes anything', () => {
  it('steers a journey or is told why not', async () => {
    await engine.customer('steered', { first_name: 'Ada' });
    await engine.track('steered', 'Cart Updated', { cart_id: 'c-1', value: 10 });
    const customerId = await engine.customerId('steered');
    await engine.relayed();
    const { id } = await engine.services.db
      .selectFrom('enrollments')
      .select('id')
      .where('customer_id', '=', customerId)
      .where('status', '=', 'active')
      .executeTakeFirstOrThrow();
    const cases = fc.tuple(
      fc.constantFrom('pause', 'resume'),
      hostileFields({ reason: ['"because"', '"{{ 1 }}"', '"😀"'] }).map(objectText),
    );
    await holds(10, cases, async ([word, body]) => {
      expectSound(await post(`/v1/enrollments/${id}/${word}`, body), body);
    });
    const live = await call(`http://127.0.0.1:${api.port}`, 'GET', `/v1/enrollments/${id}`, {
      key: ADMIN,
    });
    expect([live.status, live.json.status]).toEqual([200, 'active']);
  });

  it('begins an operation or is told why not', async () => {
    const cases = hostileFields({
      operation: ['"pause"', '"exit"'],
      reason: ['"because"'],
      filter: [
        '{"enteredBefore":"0000-01-01T00:00:00Z"}',
        '{"enteredAfter":"9999-12-31T23:59:59-23:59"}',
        '{"customerIds":["__proto__"],"paused":true}',
        '{"key":"{{ 1 }}"}',
      ],
    }).map(objectText);
    await holds(15, cases, async (body) => {
      expectSound(await post('/v1/journeys/abandonedCart/operations', body), body);
    });
  });
});
