import { signLink } from '../../src/links/signed-link';
import { ADMIN, READ, SIGNING, startApiWorld, WRITE, type ApiWorld } from './api-world';

let world: ApiWorld;

beforeAll(async () => {
  world = await startApiWorld({
    centre: {
      settings: {
        brand: 'Marlow & Finch',
        replies: { fr: { help: (brand) => `${brand} : 01 23 45 67 89` } },
      },
      channels: ['email', 'sms'],
      defaultLocale: 'en',
      defaultZone: 'UTC',
    },
  });
});

afterAll(() => world.stop());

let number = 0;

async function person(phone = `+49170300${1000 + ++number}`) {
  const userId = `writer-${++number}`;
  const email = `${userId}@customers.example`;
  await world.call('POST', '/v1/identify', {
    key: WRITE,
    body: { userId, traits: { email, phone } },
  });
  const { json } = await world.call('GET', `/v1/customers/${userId}`, { key: READ });
  return { userId, id: json.id as string, phone, email };
}

const consent = (userId: string, body: object) =>
  world.call('PUT', `/v1/customers/${userId}/consents`, { key: ADMIN, body });

async function consents(userId: string): Promise<Record<string, string>> {
  const { json } = await world.call('GET', `/v1/customers/${userId}`, { key: READ });
  const rows = json.consents as { channel: string; purpose: string; state: string }[];
  return Object.fromEntries(rows.map((row) => [`${row.channel} ${row.purpose}`, row.state]));
}

/** Time passes between what people write. */
function inbound(body: object, key = WRITE) {
  world.time.now = new Date(world.time.now.getTime() + 1_000);
  const message = { id: `in-${++number}`, channel: 'sms', ...body };
  return world.call('POST', '/v1/inbound/messages', { key, body: message });
}

const offersBySms = { channel: 'sms', purpose: 'offers', state: 'subscribed' };

async function ledgerOf(id: string) {
  return world.deps.db
    .selectFrom('consent_ledger')
    .select(['channel', 'purpose', 'state', 'source', 'proof'])
    .where('customer_id', '=', id)
    .orderBy('at')
    .execute();
}

describe('STOP, START and HELP', () => {
  it('unsubscribe the channel, restore its subscriptions, and reply', async () => {
    const { userId, id, phone } = await person();
    await consent(userId, offersBySms);
    await consent(userId, { ...offersBySms, channel: 'email' });
    const stop = await inbound({ from: phone, text: 'STOP' });
    expect(stop.json).toEqual({
      keyword: 'stop',
      customers: 1,
      language: 'en',
      reply:
        'Marlow & Finch: you are unsubscribed and get no more of these messages. Reply START to come back, HELP for help.',
    });
    expect(await consents(userId)).toMatchObject({
      'sms *': 'unsubscribed',
      'email offers': 'subscribed',
    });
    const start = await inbound({ from: phone, text: 'start' });
    expect(start.json.reply).toMatch(/welcome back/);
    const ledger = await ledgerOf(id);
    expect(ledger.slice(-2)).toEqual([
      expect.objectContaining({ purpose: '*', state: 'unsubscribed', source: 'keyword' }),
      {
        channel: 'sms',
        purpose: 'offers',
        state: 'subscribed',
        source: 'keyword',
        proof: { inboundMessage: expect.stringMatching(/^in-/), text: 'start' },
      },
    ]);
    const help = await inbound({ from: phone, text: 'HELP' });
    expect(help.json).toMatchObject({
      keyword: 'help',
      reply: expect.stringMatching(/STOP to end/),
    });
  });

  it.each([
    ['Abmelden', 'de', /Sie sind abgemeldet/],
    ['ARRÊT', 'fr', /vous êtes désabonné/],
    ['Unsubscribe', 'en', /you are unsubscribed/],
  ])('understand %s and answer in its language', async (text, language, reply) => {
    const { userId, phone } = await person();
    await consent(userId, offersBySms);
    const answer = await inbound({ from: phone, text, channel: 'whatsapp' });
    expect(answer.json).toMatchObject({ language, reply: expect.stringMatching(reply) });
    expect(await consents(userId)).toMatchObject({ 'whatsapp *': 'unsubscribed' });
  });

  it('reply with the texts of the application if it has some', async () => {
    const { phone } = await person();
    const help = await inbound({ from: phone, text: 'aide' });
    expect(help.json).toMatchObject({ language: 'fr', reply: 'Marlow & Finch : 01 23 45 67 89' });
  });

  it('answer STOP in the language of the customer', async () => {
    const { userId, phone } = await person();
    const context = { locale: 'de-DE' };
    await world.call('POST', '/v1/track', {
      key: WRITE,
      body: { userId, event: 'Signed In', context },
    });
    expect((await inbound({ from: phone, text: 'STOP' })).json.language).toBe('de');
  });

  it('may carry fields of their gateway that are not declared', async () => {
    const { phone } = await person();
    const fields = { to: '+4930123456', MessageSid: 'SM1', from: phone, text: 'STOP' };
    const { status, json } = await inbound(fields);
    expect([status, json.keyword]).toEqual([200, 'stop']);
  });

  it('apply a message once, however often its provider sends it', async () => {
    const { userId, id, phone } = await person();
    await consent(userId, offersBySms);
    const stop = { id: 'twice', from: phone, text: 'STOP' };
    const first = await inbound(stop);
    await inbound({ from: phone, text: 'START' });
    // The late repeat of an old STOP ends nothing.
    const answers = await Promise.all([inbound(stop), inbound(stop), inbound(stop)]);
    for (const { status, json } of answers) expect([status, json]).toEqual([200, first.json]);
    const stops = (await ledgerOf(id)).filter(({ state }) => state === 'unsubscribed');
    expect(stops).toHaveLength(1);
  });

  it('apply to every customer with the number, in any format', async () => {
    const ada = await person('+49 (171) 555-1234');
    const bob = await person('0049 171 5551234');
    for (const { userId } of [ada, bob]) await consent(userId, offersBySms);
    const answer = await inbound({ from: 'whatsapp:+491715551234', text: 'stop' });
    expect(answer.json.customers).toBe(2);
    for (const { userId } of [ada, bob]) {
      expect(await consents(userId)).toMatchObject({ 'sms *': 'unsubscribed' });
    }
  });

  it('confirm a requested subscription, and only START does', async () => {
    const { userId, id, phone } = await person();
    const requested = { topic: 'offers', channel: 'sms', wording: 'form-7' };
    await world.call('POST', '/v1/track', {
      key: WRITE,
      body: { userId, event: 'Subscription Requested', properties: requested },
    });
    expect(await consents(userId)).toEqual({ 'sms offers': 'pending' });
    await inbound({ from: phone, text: 'What is this?' });
    expect(await consents(userId)).toEqual({ 'sms offers': 'pending' });
    const yes = await inbound({ from: phone, text: 'Ja' });
    expect(yes.json.reply).toMatch(/Anmeldung ist bestätigt/);
    expect(await consents(userId)).toEqual({ 'sms offers': 'subscribed' });
    expect((await ledgerOf(id)).map(({ state, source }) => `${state} by ${source}`)).toEqual([
      'pending by request',
      'subscribed by double-opt-in',
    ]);
  });

  it('turn on a channel that was turned off', async () => {
    const { userId, phone } = await person();
    await consent(userId, offersBySms);
    await world.call('PUT', `/v1/customers/${userId}/preferences`, {
      key: ADMIN,
      body: { channels: { sms: false } },
    });
    for (const text of ['STOP', 'START']) await inbound({ from: phone, text });
    const { json } = await world.call('GET', `/v1/customers/${userId}`, { key: READ });
    expect(json.preferences.channels).toEqual({ sms: true });
  });

  it('do not subscribe customers to anything new', async () => {
    const { userId, phone } = await person();
    const answer = await inbound({ from: phone, text: 'START' });
    expect(answer.json.reply).toMatch(/no subscription of yours/);
    expect(await consents(userId)).toEqual({});
  });

  it('from an unknown number suppress the number until its START', async () => {
    const rows = () =>
      world.deps.db
        .selectFrom('suppressions')
        .select(['channel', 'reason'])
        .where('address', '=', '+491999999')
        .execute();
    await inbound({ from: '+49 1999 999', text: 'STOP' });
    expect(await rows()).toEqual([{ channel: 'sms', reason: 'stop' }]);
    await inbound({ from: '+491999999', text: 'START' });
    expect(await rows()).toEqual([]);
  });

  it('are the only words that change consents; other messages are stored as events', async () => {
    const { userId, id, phone } = await person();
    await consent(userId, offersBySms);
    const answer = await inbound({ from: phone, text: 'When do you open?' });
    expect(answer.json).toEqual({ keyword: null, customers: 1, reply: null, language: 'en' });
    expect(await consents(userId)).toEqual({ 'sms offers': 'subscribed' });
    const event = await world.deps.db
      .selectFrom('events')
      .select('properties')
      .where('customer_id', '=', id)
      .where('name', '=', 'Message Received')
      .executeTakeFirstOrThrow();
    expect(event.properties).toEqual({ channel: 'sms', text: 'When do you open?' });
  });

  it('find the sender in any format of the address', async () => {
    const { userId, phone } = await person();
    await consent(userId, offersBySms);
    const bare = await inbound({ from: phone.slice(1), text: 'STOP' });
    expect(bare.json).toMatchObject({ keyword: 'stop', customers: 1 });
    expect(await consents(userId)).toMatchObject({ 'sms *': 'unsubscribed' });
    const mail = { channel: 'email', subject: 'unsubscribe' };
    for (const from of ['M. <A.Reader@Inbound.example>', '<a.reader@inbound.example>']) {
      await world.call('POST', '/v1/identify', {
        key: WRITE,
        body: { userId, traits: { email: 'a.reader@inbound.example' } },
      });
      expect((await inbound({ ...mail, from })).json).toMatchObject({ customers: 1 });
    }
    expect(await consents(userId)).toMatchObject({ 'email *': 'unsubscribed' });
  });

  it('suppress an unknown number once, in any format', async () => {
    const variants = ['+49 (0)170 7654321', '0049 170 7654321', 'whatsapp:+49170-7654321'];
    for (const from of variants) await inbound({ from, text: 'STOP' });
    const rows = await world.deps.db
      .selectFrom('suppressions')
      .select(['channel', 'address', 'reason'])
      .where('address', 'like', '%7654321')
      .execute();
    expect(rows).toEqual([{ channel: 'sms', address: '+491707654321', reason: 'stop' }]);
  });

  it('are not overridden by earlier statements', async () => {
    const { userId, phone } = await person();
    await consent(userId, offersBySms);
    await inbound({ from: phone, text: 'STOP' });
    await inbound({ from: phone, text: 'START', at: '2026-01-01T00:00:00Z' });
    expect(await consents(userId)).toMatchObject({ 'sms *': 'unsubscribed' });
    const gate = await consents(userId);
    expect(gate['sms offers']).toBe('unsubscribed'); // said before, but the STOP outranks it
  });

  it.each([
    ['no id', { id: '' }],
    ['an unknown channel', { channel: 'pigeon' }],
    ['no sender', { from: '' }],
    ['a number without its country', { from: '0170 1234567' }],
    ['a name for a number', { from: 'SHOP' }],
    ['a mail without an address', { channel: 'email', from: 'Ada Miller' }],
    ['a moment in the future', { at: '2030-01-01T00:00:00Z' }],
    ['a text that cannot be stored', { text: '\0' }],
    ['a text that is none', { text: 7 }],
  ])('are refused with %s', async (_, change) => {
    expect((await inbound({ from: '+491715551234', text: 'STOP', ...change })).status).toBe(400);
  });

  it('require a key', async () => {
    expect((await inbound({ from: '+491', text: 'STOP' }, READ)).status).toBe(403);
    expect((await inbound({ from: '+491', text: 'STOP' }, 'wrong')).status).toBe(401);
  });
});

describe('an unsubscription by mail', () => {
  const token = (customerId: string, expiresAt = world.time.now.getTime() + 1e9) =>
    signLink(
      {
        act: 'unsubscribe',
        customerId,
        channel: 'email',
        purpose: 'offers',
        messageId: 'a-message',
        expiresAt,
      },
      SIGNING,
    );
  const mail = (body: object) => inbound({ channel: 'email', from: 'x@x.example', ...body });

  it('applies the token in the subject like its link', async () => {
    const { userId, id } = await person();
    for (const purpose of ['offers', 'newsletter']) {
      await consent(userId, { channel: 'email', purpose, state: 'subscribed' });
    }
    const answer = await mail({ subject: `unsubscribe ${token(id)}` });
    expect(answer.json).toMatchObject({ keyword: 'stop', reply: null });
    expect(await consents(userId)).toEqual({
      'email offers': 'unsubscribed',
      'email newsletter': 'subscribed',
    });
    expect((await ledgerOf(id)).at(-1)).toMatchObject({ source: 'mailto' });
  });

  it('without a valid token unsubscribes its sender from all mail', async () => {
    const { userId, id, email } = await person();
    await consent(userId, { ...offersBySms, channel: 'email' });
    const old = token(id, world.time.now.getTime() - 1);
    for (const subject of ['Hello', `unsubscribe ${old}`, `unsubscribe ${token(id)}x`]) {
      await mail({ subject, text: 'How are you?' });
    }
    expect(await consents(userId)).toEqual({ 'email offers': 'subscribed' });
    await mail({ from: email.toUpperCase(), subject: 'AW: Abmelden' });
    expect(await consents(userId)).toMatchObject({ 'email *': 'unsubscribed' });
  });
});
