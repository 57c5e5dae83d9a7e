import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Callbacks, ProviderEvent } from '../../src/channels/callbacks';
import { defineProvider } from '../../src/channels/define-provider';
import { sentMessage } from './sent-message';
import { ADMIN, READ, startApiWorld, WRITE, type ApiWorld } from './api-world';

const SECRET = 'a-shared-secret';
const NOW = new Date('2026-03-02T10:00:00Z');
const WINDOW_MS = 5 * 60_000;

const report = z.object({
  id: z.string(),
  kind: z.enum(['delivered', 'bounced', 'complained', 'opened', 'clicked', 'replied']),
  ref: z.string().optional(),
  sid: z.string().optional(),
  at: z.iso.datetime().transform((text) => new Date(text)),
  bounce: z.enum(['hard', 'soft']).optional(),
  url: z.string().optional(),
  machine: z.boolean().optional(),
});
const received = z.object({
  id: z.string(),
  kind: z.literal('received'),
  from: z.string(),
  text: z.string(),
  at: z.iso.datetime().transform((text) => new Date(text)),
});
const body = z.array(z.union([report, received]));

/** As many providers do it: HMAC over the public URL, a timestamp and the raw body. */
function sign(url: string, timestamp: string, bytes: Buffer | string): string {
  return createHmac('sha256', SECRET).update(`${url}.${timestamp}.`).update(bytes).digest('hex');
}

const callbacks: Callbacks = {
  maxBytes: 10_000,
  answer({ method, url }) {
    const challenge = method === 'GET' ? url.searchParams.get('challenge') : null;
    return challenge === null ? undefined : { status: 200, body: challenge };
  },
  verify({ url, headers, body: bytes }, now) {
    const timestamp = headers['x-acme-timestamp'] ?? '';
    const given = Buffer.from(headers['x-acme-signature'] ?? '');
    const expected = Buffer.from(sign(url.href, timestamp, bytes));
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      return { reason: 'forged', detail: 'Found a wrong signature; check the secret.' };
    }
    return Math.abs(now.getTime() - Number(timestamp)) <= WINDOW_MS
      ? 'genuine'
      : { reason: 'expired', detail: 'Found an old timestamp; check the clock.' };
  },
  read: ({ body: bytes }) =>
    body.parse(JSON.parse(bytes.toString())).map((each): ProviderEvent => {
      if (each.kind === 'received') return each;
      const { id, at, ref, sid = '', url, machine } = each;
      const about = ref === undefined ? { providerMessageId: sid } : { messageId: ref };
      const common = { id, at, about };
      switch (each.kind) {
        case 'bounced':
          return { ...common, kind: each.kind, bounce: each.bounce ?? 'hard', reason: '550' };
        case 'opened':
          return { ...common, kind: each.kind, ...(machine !== undefined && { machine }) };
        case 'clicked':
          return { ...common, kind: each.kind, ...(url !== undefined && { url }) };
        case 'delivered':
        case 'complained':
        case 'replied':
          return { ...common, kind: each.kind };
      }
    }),
  respond: (replies) => ({
    status: 200,
    contentType: 'application/xml',
    body: replies.map((each) => `<Reply>${each}</Reply>`).join(''),
  }),
};

const acme = (name: string) =>
  defineProvider({
    name,
    channel: 'sms',
    settings: z.object({}),
    idempotent: false,
    create: () => ({ deliver: () => Promise.reject(new Error('not here')) }),
    callbacks: () => callbacks,
  }).open({});

let world: ApiWorld;
let customerId: string;
let number = 0;

beforeAll(async () => {
  world = await startApiWorld({
    callbackProviders: new Map(['acme', 'other'].map((name) => [name, acme(name)])),
  });
  world.time.now = NOW;
  const traits = { email: 'ada@shop.example', phone: '+49 (0)170 1234567' };
  await world.call('POST', '/v1/identify', { key: WRITE, body: { userId: 'ada', traits } });
  customerId = (await world.call('GET', '/v1/customers/ada', { key: READ })).json.id;
});
afterAll(() => world.stop());

/** A message that a provider accepted under an id of its own. */
async function sent(provider = 'acme'): Promise<{ id: string; sid: string }> {
  const { db } = world.deps;
  const phone = `+4917012345${10 + ++number}`;
  const id = await sentMessage(world, { customerId, address: phone, channel: 'sms' });
  const sid = `SM${number}`;
  const values = { provider, provider_message_id: sid, status: 'sent' } as const;
  await db.updateTable('messages').set(values).where('id', '=', id).execute();
  await db
    .insertInto('delivery_attempts')
    .values({ message_id: id, attempt: 1, provider, worker: 'w', repeat: false, started_at: NOW })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return { id, sid };
}

interface Change {
  readonly provider?: string;
  readonly query?: string;
  readonly signature?: string;
  readonly timestamp?: number;
}

function callback(events: unknown, change: Change = {}) {
  const { provider = 'acme', query = '', timestamp = NOW.getTime() } = change;
  const path = `/v1/callbacks/${provider}${query}`;
  const bytes = typeof events === 'string' ? events : JSON.stringify(events);
  const signature =
    change.signature ?? sign(`http://shop.example${path}`, String(timestamp), bytes);
  return world.call('POST', path, {
    body: bytes,
    headers: {
      'content-type': 'application/json',
      'x-acme-timestamp': String(timestamp),
      'x-acme-signature': signature,
      // A provider reaches us through a proxy; only the configured address counts.
      host: 'internal:8080',
    },
  });
}

let eventNumber = 0;
const event = (kind: string, about: object, more: object = {}) => ({
  id: `e${++eventNumber}`,
  kind,
  at: '2026-03-02T09:30:00Z',
  ...about,
  ...more,
});

const messageRow = (id: string) =>
  world.deps.db.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

const eventsAbout = (id: string) =>
  world.deps.db
    .selectFrom('events')
    .select(['name', 'properties'])
    .where('about_message_id', '=', id)
    .orderBy('received_at')
    .orderBy('id')
    .execute();

describe('a callback', () => {
  it('is stored as events of the messages that it names by either id', async () => {
    const [one, two] = [await sent(), await sent()];
    const answer = await callback([
      event('delivered', { sid: one.sid }),
      event('opened', { ref: two.id }),
      event('clicked', { sid: two.sid }, { url: 'https://shop.example/a' }),
      event('replied', { sid: one.sid }),
    ]);
    expect([answer.status, answer.json]).toEqual([200, { accepted: 4, duplicates: 0, ignored: 0 }]);
    expect(await messageRow(one.id)).toMatchObject({ status: 'delivered' });
    expect(await messageRow(two.id)).toMatchObject({
      opened_at: new Date('2026-03-02T09:30:00Z'),
      clicked_at: new Date('2026-03-02T09:30:00Z'),
    });
    expect(await eventsAbout(two.id)).toContainEqual({
      name: 'Message Clicked',
      properties: { message_id: two.id, channel: 'sms', url: 'https://shop.example/a' },
    });
  });

  it('takes effect once when it is repeated, in any batch', async () => {
    const { id, sid } = await sent();
    const delivered = event('delivered', { sid });
    await callback([delivered, delivered]);
    const again = await callback([delivered, event('opened', { sid })]);
    expect(again.json).toEqual({ accepted: 1, duplicates: 1, ignored: 0 });
    expect(await eventsAbout(id)).toHaveLength(2);
  });

  it('does not reset a bounced message to delivered', async () => {
    const { id, sid } = await sent();
    await callback([event('bounced', { sid }, { bounce: 'hard' })]);
    await callback([event('delivered', { sid })]);
    expect(await messageRow(id)).toMatchObject({ status: 'bounced' });
    const suppressed = await world.deps.db
      .selectFrom('suppressions')
      .select(['channel', 'reason'])
      .where('message_id', '=', id)
      .orderBy('channel')
      .execute();
    // A dead number is dead on each channel that shares it.
    expect(suppressed).toEqual(
      ['call', 'sms', 'whatsapp'].map((channel) => ({ channel, reason: 'hard-bounce' })),
    );
  });

  it('skips the clicks and opens of machines', async () => {
    const { id, sid } = await sent();
    const answer = await callback([event('opened', { sid }, { machine: true })]);
    expect(answer.json).toEqual({ accepted: 0, duplicates: 0, ignored: 1 });
    expect(await messageRow(id)).toMatchObject({ opened_at: null });
  });

  it('with a message from a customer gets the response that the provider expects', async () => {
    const from = 'whatsapp:+491701234567';
    const stop = { id: 'in-1', kind: 'received', from, text: 'STOP', at: NOW.toISOString() };
    const answer = await callback([stop]);
    expect(answer.headers.get('content-type')).toMatch(/^application\/xml/);
    expect(answer.text).toMatch(/^<Reply>Throughline: you are unsubscribed/);
    expect((await callback([stop])).text).toBe(answer.text);
    const { json } = await world.call('GET', '/v1/customers/ada', { key: READ });
    expect(json.consents).toContainEqual(
      expect.objectContaining({ channel: 'sms', purpose: '*', state: 'unsubscribed' }),
    );
  });

  it('is verified against the public address, with its query', async () => {
    const { sid } = await sent();
    const signed = await callback([event('delivered', { sid })], { query: '?tenant=a%20b' });
    expect(signed.status).toBe(200);
  });

  it('answers a challenge, and rejects any other GET', async () => {
    const asked = await world.call('GET', '/v1/callbacks/acme?challenge=42');
    expect([asked.status, asked.text]).toEqual([200, '42']);
    const other = await world.call('GET', '/v1/callbacks/acme');
    expect([other.status, other.json.error.code]).toEqual([400, 'malformed-callback']);
  });
});

describe('a rejected callback', () => {
  it.each([
    ['of an unknown provider', { provider: 'nobody' }, 404, 'unknown-provider'],
    ['without a signature', { signature: '' }, 401, 'forged-callback'],
    ['with another signature', { signature: 'f'.repeat(64) }, 401, 'forged-callback'],
    ['that is too old', { timestamp: NOW.getTime() - 600_000 }, 401, 'expired-callback'],
    ['from the future', { timestamp: NOW.getTime() + 600_000 }, 401, 'expired-callback'],
  ])('%s', async (_, change, status, code) => {
    const { id, sid } = await sent();
    const answer = await callback([event('delivered', { sid })], change);
    expect([answer.status, answer.json.error.code]).toEqual([status, code]);
    expect(await messageRow(id)).toMatchObject({ status: 'sent' });
  });

  it('has a body that was changed after it was signed', async () => {
    const { sid } = await sent();
    const timestamp = String(NOW.getTime());
    const signature = sign('http://shop.example/v1/callbacks/acme', timestamp, '[]');
    const answer = await callback([event('delivered', { sid })], { signature });
    expect([answer.status, answer.json.error.code]).toEqual([401, 'forged-callback']);
  });

  it('is larger than the limit of its provider, and is not read', async () => {
    const answer = await callback(`[${' '.repeat(20_000)}]`);
    expect([answer.status, answer.json.error.code]).toEqual([413, 'body-too-large']);
  });

  it('is genuine but not in the format of its provider', async () => {
    for (const text of ['{', '{}', '[{"kind":"delivered"}]']) {
      const answer = await callback(text);
      expect([answer.status, answer.json.error.code]).toEqual([400, 'malformed-callback']);
    }
  });

  it('arrives before the response to its delivery is stored; later it is quarantined', async () => {
    const at = NOW.toISOString();
    const early = { ...event('delivered', { sid: 'SM-not-yet' }), at };
    const known = await sent();
    const answer = await callback([event('delivered', { sid: known.sid }), early]);
    expect([answer.status, answer.json.error.code]).toEqual([503, 'message-not-known-yet']);
    expect(await messageRow(known.id)).toMatchObject({ status: 'sent' });

    world.time.now = new Date(NOW.getTime() + 3 * 60_000);
    const late = await callback([event('delivered', { sid: known.sid }), early]);
    world.time.now = NOW;
    expect(late.json).toEqual({ accepted: 1, duplicates: 0, ignored: 1 });
    const { json } = await world.call('GET', '/v1/quarantine', { key: ADMIN });
    expect(JSON.stringify(json)).toContain('SM-not-yet');
  });

  it('is from the future and about an unknown message, without holding back the others', async () => {
    const known = await sent();
    const at = new Date(NOW.getTime() + 86_400_000).toISOString();
    const future = { ...event('delivered', { sid: 'SM-tomorrow' }), at };
    const answer = await callback([event('delivered', { sid: known.sid }), future]);
    expect(answer.json).toEqual({ accepted: 1, duplicates: 0, ignored: 1 });
  });

  it('names a message of another provider', async () => {
    const { id, sid } = await sent('other');
    const answer = await callback([event('bounced', { ref: id }), event('bounced', { sid })]);
    expect(answer.json).toEqual({ accepted: 0, duplicates: 0, ignored: 2 });
    expect(await messageRow(id)).toMatchObject({ status: 'sent' });
    const own = await callback([event('delivered', { ref: id })], { provider: 'other' });
    expect(own.json).toMatchObject({ accepted: 1 });
  });
});

it('finds the message of a report by an index', async () => {
  const client = await world.connection.pool.connect();
  try {
    await client.query('set enable_seqscan = off');
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `explain select id from messages where provider = 'acme' and provider_message_id in ('SM1')`,
    );
    expect(rows.map((row) => row['QUERY PLAN']).join()).toContain('messages_provider');
  } finally {
    client.release(true);
  }
});
