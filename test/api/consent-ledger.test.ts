import { sql } from 'kysely';
import { newId } from '../../src/db/new-id';
import { changeConsents } from '../../src/consent/change-consents';
import { mergeConsentsAndPreferences } from '../../src/consent/merge-consents-and-preferences';
import { expireConsents } from '../../src/consent/expire-consents';
import { signLink } from '../../src/links/signed-link';
import { ADMIN, journeysOf, READ, SIGNING, startApiWorld, WRITE, type ApiWorld } from './api-world';
import { sentMessage } from './sent-message';

const DAY = 86_400_000;
const LIFETIMES = { pending: '30 days', stale: '365 days' } as const;

let world: ApiWorld;

beforeAll(async () => {
  world = await startApiWorld(
    {},
    journeysOf({ onDemand: { trigger: { kind: 'request' }, purpose: 'offers' } }),
  );
});

afterAll(() => world.stop());

let number = 0;

async function person(traits: object = {}) {
  const userId = `agreed-${++number}`;
  const email = `${userId}@customers.example`;
  await world.call('POST', '/v1/identify', {
    key: WRITE,
    body: { userId, traits: { email, ...traits } },
  });
  const { json } = await world.call('GET', `/v1/customers/${userId}`, { key: READ });
  return { userId, id: json.id as string, email };
}

const put = (userId: string, body: object) =>
  world.call('PUT', `/v1/customers/${userId}/consents`, { key: ADMIN, body });
const track = (userId: string, event: string, properties: object = {}) =>
  world.call('POST', '/v1/track', { key: WRITE, body: { userId, event, properties } });

async function consents(userId: string): Promise<Record<string, string>> {
  const { json } = await world.call('GET', `/v1/customers/${userId}`, { key: READ });
  const rows = json.consents as { channel: string; purpose: string; state: string }[];
  return Object.fromEntries(rows.map((row) => [`${row.channel} ${row.purpose}`, row.state]));
}

const entries = (id: string) =>
  world.deps.db
    .selectFrom('consent_ledger')
    .selectAll()
    .where('customer_id', '=', id)
    .orderBy('id')
    .execute();

function pass(days: number): void {
  world.time.now = new Date(world.time.now.getTime() + days * DAY);
}

const sweep = () => expireConsents(world.deps, LIFETIMES, world.time.now);

const subscribe = { channel: 'email', purpose: 'offers', state: 'subscribed' };

describe('the ledger of consent', () => {
  it('records source, time, wording and proof of a consent', async () => {
    const { userId, id } = await person();
    await put(userId, {
      ...subscribe,
      source: 'checkout',
      wording: 'terms-2026-02',
      proof: { ip: '192.0.2.1' },
      at: '2026-03-01T09:00:00Z',
    });
    expect(await entries(id)).toEqual([
      expect.objectContaining({
        source: 'checkout',
        wording: 'terms-2026-02',
        proof: { ip: '192.0.2.1' },
        at: new Date('2026-03-01T09:00:00Z'),
        recorded_at: world.time.now,
      }),
    ]);
  });

  it('rejects update, delete and truncate', async () => {
    const { userId, id } = await person();
    await put(userId, subscribe);
    const { db } = world.deps;
    for (const statement of [
      sql`update consent_ledger set state = 'none' where customer_id = ${id}`,
      sql`update consent_ledger set proof = '{"a": 1}' where customer_id = ${id}`,
      sql`delete from consent_ledger where customer_id = ${id}`,
      sql`truncate consent_ledger`,
    ]) {
      await expect(statement.execute(db)).rejects.toThrow(/append-only/);
    }
    expect(await entries(id)).toHaveLength(1);
  });

  it('allows a merge to move entries to the surviving customer, in any order, and nothing else', async () => {
    const [gone, stays] = [await person(), await person()];
    await put(gone.userId, subscribe);
    const { db } = world.deps;
    const move = sql`update consent_ledger set customer_id = ${stays.id} where customer_id = ${gone.id}`;
    await expect(move.execute(db)).rejects.toThrow(/has not been merged/);
    await db.transaction().execute(async (tx) => {
      await move.execute(tx);
      await sql`update customers set merged_into = ${stays.id} where id = ${gone.id}`.execute(tx);
    });
    expect(await entries(stays.id)).toHaveLength(1);
  });

  it('allows an erasure to delete the entries of the erased customer', async () => {
    const [ada, bob] = [await person(), await person()];
    for (const { userId } of [ada, bob]) await put(userId, subscribe);
    const erase = (whose: string) =>
      world.deps.db.transaction().execute(async (tx) => {
        await sql`select set_config('throughline.erasing', ${ada.id}, true)`.execute(tx);
        await sql`delete from consent_ledger where customer_id = ${whose}`.execute(tx);
      });
    await expect(erase(bob.id)).rejects.toThrow(/append-only/);
    await erase(ada.id);
    expect([await entries(ada.id), await entries(bob.id)]).toEqual([[], [expect.anything()]]);
  });

  it('accepts an imported subscription only with its time and proof', async () => {
    const { userId } = await person();
    const imported = { ...subscribe, source: 'import' };
    const at = '2025-06-01T12:00:00Z';
    for (const lacking of [{}, { at }, { proof: { form: 'paper' } }, { at, proof: {} }]) {
      const answer = await put(userId, { ...imported, ...lacking });
      expect([answer.status, answer.json.error.message]).toEqual([
        400,
        expect.stringMatching(/import/),
      ]);
    }
    expect((await put(userId, { ...imported, at, proof: { form: 'paper' } })).status).toBe(200);
    // An opt-out needs no proof, and what is older than it brings nobody back.
    const left = { ...imported, state: 'unsubscribed' };
    expect((await put(userId, { ...left, at: '2025-07-01T12:00:00Z' })).status).toBe(200);
    await put(userId, { ...imported, at, proof: { form: 'paper' } });
    expect(await consents(userId)).toEqual({ 'email offers': 'unsubscribed' });
  });

  it('keeps the latest statement under concurrent writes', async () => {
    const { userId, id } = await person();
    const start = world.time.now.getTime();
    const changes = Array.from({ length: 12 }, (_, nth) => ({
      channel: 'email' as const,
      purpose: 'offers',
      state: nth === 11 ? ('unsubscribed' as const) : ('subscribed' as const),
      source: 'test',
      proof: {},
      at: new Date(start - (12 - nth) * 1_000),
    }));
    await Promise.all(
      changes
        .toReversed()
        .map((change) => changeConsents(world.deps, id, [change], world.time.now)),
    );
    expect(await consents(userId)).toEqual({ 'email offers': 'unsubscribed' });
    expect(await entries(id)).toHaveLength(12);
  });
});

describe('a merge of two customers', () => {
  it('keeps the latest consent, the stricter preference, and every entry of both', async () => {
    const [gone, stays] = [await person(), await person()];
    const prefer = (userId: string, body: object) =>
      world.call('PUT', `/v1/customers/${userId}/preferences`, { key: ADMIN, body });
    await put(gone.userId, subscribe);
    await put(stays.userId, { ...subscribe, purpose: 'newsletter' });
    await prefer(gone.userId, { maxPerWeek: 1, digest: 'weekly' });
    pass(1);
    await put(stays.userId, { ...subscribe, state: 'unsubscribed' });
    await prefer(stays.userId, { maxPerWeek: 5 });
    await world.deps.db.transaction().execute(async (tx) => {
      await mergeConsentsAndPreferences(tx, gone.id, stays.id);
      await sql`update customers set merged_into = ${stays.id} where id = ${gone.id}`.execute(tx);
    });
    expect(await consents(stays.userId)).toEqual({
      'email newsletter': 'subscribed',
      'email offers': 'unsubscribed',
    });
    const { json } = await world.call('GET', `/v1/customers/${stays.userId}`, { key: READ });
    expect(json.preferences).toMatchObject({ maxPerWeek: 5, digest: 'weekly' });
    expect(await entries(stays.id)).toHaveLength(3);
    expect(await entries(gone.id)).toEqual([]);
  });
});

describe('double opt-in', () => {
  const confirm = (id: string) => {
    const claim = {
      act: 'confirm' as const,
      customerId: id,
      channel: 'email',
      purpose: 'offers',
      messageId: `confirms-${id}`,
      expiresAt: world.time.now.getTime() + 90 * DAY,
    };
    return `/confirm/${signLink(claim, SIGNING)}`;
  };
  const press = (path: string) =>
    world.call('POST', path, {
      body: 'confirm=yes',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });

  it('is pending from the request to its confirmation, with the wording of the request', async () => {
    const { userId, id } = await person();
    await track(userId, 'Subscription Requested', { topic: 'offers', wording: 'footer-3' });
    expect(await consents(userId)).toEqual({ 'email offers': 'pending' });
    await world.call('GET', confirm(id));
    expect(await consents(userId)).toEqual({ 'email offers': 'pending' });
    pass(1);
    expect((await press(confirm(id))).status).toBe(200);
    expect((await entries(id)).map((each) => [each.state, each.source, each.wording])).toEqual([
      ['pending', 'request', 'footer-3'],
      ['subscribed', 'double-opt-in', 'footer-3'],
    ]);
  });

  it('does not end a subscription, and asks an unsubscribed customer again', async () => {
    const { userId } = await person();
    await put(userId, subscribe);
    pass(1);
    await track(userId, 'Subscription Requested', { topic: 'offers' });
    expect(await consents(userId)).toEqual({ 'email offers': 'subscribed' });
    await put(userId, { ...subscribe, state: 'unsubscribed' });
    pass(1);
    await track(userId, 'Subscription Requested', { topic: 'offers' });
    await track(userId, 'Subscription Requested', { topic: 'no topic of ours' });
    expect(await consents(userId)).toEqual({ 'email offers': 'pending' });
  });

  it('expires without a confirmation in time, and the old link then confirms nothing', async () => {
    const { userId, id } = await person();
    await track(userId, 'Subscription Requested', { topic: 'offers' });
    const path = confirm(id);
    pass(29);
    await sweep();
    expect(await consents(userId)).toEqual({ 'email offers': 'pending' });
    pass(1);
    await sweep();
    expect(await consents(userId)).toEqual({ 'email offers': 'none' });
    expect((await press(path)).status).toBe(410);
    expect(await consents(userId)).toEqual({ 'email offers': 'none' });
  });
});

describe('the expiry of stale consents', () => {
  it('ends the consents of inactive customers once, in any number of processes', async () => {
    const [quiet, lively] = [await person(), await person()];
    for (const { userId } of [quiet, lively]) await put(userId, subscribe);
    await world.call('POST', '/v1/journeys/onDemand/enrollments', {
      key: ADMIN,
      body: { userId: quiet.userId },
    });
    pass(200);
    await track(lively.userId, 'Product Viewed');
    pass(170);
    const results = await Promise.all([sweep(), sweep(), sweep()]);
    expect(results.reduce((sum, { expired }) => sum + expired, 0)).toBeGreaterThanOrEqual(1);
    expect(await consents(quiet.userId)).toEqual({ 'email offers': 'none' });
    expect(await consents(lively.userId)).toEqual({ 'email offers': 'subscribed' });
    const expiries = (await entries(quiet.id)).filter(({ source }) => source === 'expiry');
    expect(expiries).toEqual([
      expect.objectContaining({
        state: 'none',
        proof: { was: 'subscribed', since: expect.any(String) },
      }),
    ]);
    const { status, end_reason: reason } = await world.deps.db
      .selectFrom('enrollments')
      .select(['status', 'end_reason'])
      .where('customer_id', '=', quiet.id)
      .executeTakeFirstOrThrow();
    expect([status, reason]).toEqual(['exited', 'opted-out']);
    expect((await sweep()).expired).toBe(0);
  });

  it('does not count deliveries and bounces as activity, but opened messages', async () => {
    const [silent, reading] = [await person(), await person()];
    for (const { userId } of [silent, reading]) await put(userId, subscribe);
    pass(100);
    for (const [{ id, email }, name] of [
      [silent, 'Message Delivered'],
      [reading, 'Message Opened'],
    ] as const) {
      const messageId = await sentMessage(world, { customerId: id, address: email });
      await world.call('POST', '/v1/track', {
        key: WRITE,
        body: { anonymousId: newId(), event: name, properties: { message_id: messageId } },
      });
    }
    pass(300);
    await sweep();
    expect(await consents(silent.userId)).toEqual({ 'email offers': 'none' });
  });

  it('does nothing if the policy disables it', async () => {
    const { userId } = await person();
    await put(userId, subscribe);
    pass(5_000);
    await expireConsents(world.deps, { ...LIFETIMES, stale: null }, world.time.now);
    expect(await consents(userId)).toEqual({ 'email offers': 'subscribed' });
  });
});

describe('an address that bounces', () => {
  const report = (messageId: string, event: string, properties: object = {}) =>
    world.call('POST', '/v1/track', {
      key: WRITE,
      body: { anonymousId: newId(), event, properties: { message_id: messageId, ...properties } },
    });
  const suppressed = async (address: string) => {
    const rows = await world.deps.db
      .selectFrom('suppressions')
      .select(['channel', 'reason'])
      .where('address', '=', address)
      .orderBy('channel')
      .execute();
    return rows.map(({ channel, reason }) => `${channel} ${reason}`);
  };

  it('is suppressed immediately by a hard bounce or a complaint', async () => {
    for (const [event, reason] of [
      ['Message Bounced', 'hard-bounce'],
      ['Message Complained', 'complaint'],
    ] as const) {
      const { id, email } = await person();
      await report(await sentMessage(world, { customerId: id, address: email }), event);
      expect(await suppressed(email)).toEqual([`email ${reason}`]);
    }
  });

  it('is suppressed on every channel that shares it', async () => {
    const { id } = await person();
    const sms = { customerId: id, address: '+49170777', channel: 'sms' as const };
    await report(await sentMessage(world, sms), 'Message Bounced');
    expect(await suppressed('+49170777')).toEqual([
      'call hard-bounce',
      'sms hard-bounce',
      'whatsapp hard-bounce',
    ]);
  });

  it('is suppressed after five soft bounces in a row, each message counted once', async () => {
    const { id, email } = await person();
    const soft = async () => {
      const messageId = await sentMessage(world, { customerId: id, address: email });
      for (let time = 0; time < 2; time++) {
        await report(messageId, 'Message Bounced', { kind: 'soft' });
      }
      pass(1);
    };
    for (let time = 0; time < 4; time++) await soft();
    expect(await suppressed(email)).toEqual([]);
    // What arrives shows that the mailbox lives.
    const arrived = await sentMessage(world, { customerId: id, address: email });
    await report(arrived, 'Message Delivered');
    pass(1);
    for (let time = 0; time < 4; time++) await soft();
    expect(await suppressed(email)).toEqual([]);
    await soft();
    expect(await suppressed(email)).toEqual(['email soft-bounces']);
  });

  it('is not suppressed by soft bounces that are far apart', async () => {
    const { id, email } = await person();
    for (let time = 0; time < 7; time++) {
      const messageId = await sentMessage(world, { customerId: id, address: email });
      await report(messageId, 'Message Bounced', { kind: 'soft' });
      pass(8);
    }
    expect(await suppressed(email)).toEqual([]);
  });
});
