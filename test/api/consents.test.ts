import { gzipSync } from 'node:zlib';
import { signLink, type LinkClaim } from '../../src/links/signed-link';
import { ADMIN, READ, SIGNING, startApiWorld, WRITE, type ApiWorld } from './api-world';

let world: ApiWorld;

beforeAll(async () => {
  world = await startApiWorld();
});

afterAll(() => world.stop());

let number = 0;

/** A customer of their own for each test. */
async function customer(): Promise<{ readonly userId: string; readonly id: string }> {
  const userId = `consent-${++number}`;
  await world.call('POST', '/v1/identify', { key: WRITE, body: { userId } });
  const { json } = await world.call('GET', `/v1/customers/${userId}`, { key: READ });
  return { userId, id: json.id };
}

const put = (userId: string, body: unknown, key = ADMIN) =>
  world.call('PUT', `/v1/customers/${userId}/consents`, { key, body });

async function consents(userId: string): Promise<Record<string, string>> {
  const { json } = await world.call('GET', `/v1/customers/${userId}`, { key: READ });
  const rows = json.consents as { channel: string; purpose: string; state: string }[];
  return Object.fromEntries(rows.map((row) => [`${row.channel} ${row.purpose}`, row.state]));
}

async function eventsOf(id: string): Promise<readonly string[]> {
  const rows = await world.deps.db
    .selectFrom('events')
    .select('name')
    .where('customer_id', '=', id)
    .orderBy('seq')
    .execute();
  return rows.map(({ name }) => name);
}

describe('consents over the API', () => {
  const subscribe = { channel: 'email', purpose: 'offers', state: 'subscribed' };

  it('are stored one by one or as a list, with their proof', async () => {
    const { userId, id } = await customer();
    const one = await put(userId, {
      ...subscribe,
      source: 'checkout',
      proof: { form: 'v3' },
      at: '2026-03-01T10:00:00+01:00',
    });
    expect(one.json).toEqual({ consents: [{ ...subscribe, at: '2026-03-01T09:00:00.000Z' }] });
    await put(userId, {
      consents: [
        { channel: '*', purpose: '*', state: 'unsubscribed' },
        { channel: 'sms', purpose: 'newsletter', state: 'pending' },
      ],
    });
    expect(await consents(userId)).toEqual({
      'email offers': 'unsubscribed',
      '* *': 'unsubscribed',
      'sms newsletter': 'unsubscribed',
    });
    const ledger = await world.deps.db
      .selectFrom('consent_ledger')
      .selectAll()
      .where('customer_id', '=', id)
      .orderBy('id')
      .execute();
    expect(ledger[0]).toMatchObject({ source: 'checkout', proof: { form: 'v3' } });
    expect((await eventsOf(id)).filter((name) => name === 'Consent Changed')).toHaveLength(3);
  });

  it.each([
    ['transactional', { ...subscribe, purpose: 'transactional' }, 400],
    ['an unknown purpose', { ...subscribe, purpose: 'nonsense' }, 400],
    ['an unknown channel', { ...subscribe, channel: 'pigeon' }, 400],
    ['an unknown state', { ...subscribe, state: 'maybe' }, 400],
    ['no state', { channel: 'email', purpose: 'offers' }, 400],
    ['a moment that is none', { ...subscribe, at: 'yesterday' }, 400],
    ['a moment in the future', { ...subscribe, at: '2027-01-01T00:00:00Z' }, 400],
    ['a year before all this', { ...subscribe, at: '0001-01-01T00:00:00Z' }, 400],
    ['a proof that is no object', { ...subscribe, proof: 'x' }, 400],
    ['a proof that cannot be stored', { ...subscribe, proof: { a: '\0' } }, 400],
    ['no changes', { consents: [] }, 400],
    ['too many changes', { consents: Array(101).fill(subscribe) }, 400],
    ['an array', [subscribe], 400],
    ['nonsense', 'nonsense', 400],
    [
      'one wrong change among good ones',
      { consents: [subscribe, { ...subscribe, state: 'maybe' }] },
      400,
    ],
  ])('are refused for %s, and nothing is stored by half', async (_, body, status) => {
    const { userId } = await customer();
    const answer = await put(userId, body);
    expect([answer.status, answer.json.error.message]).toEqual([
      status,
      expect.stringMatching(/.{20}/),
    ]);
    expect(await consents(userId)).toEqual({});
  });

  it('require the admin key and a customer', async () => {
    const { userId } = await customer();
    expect((await put(userId, subscribe, READ)).status).toBe(403);
    expect((await put(userId, subscribe, WRITE)).status).toBe(403);
    expect((await put(userId, subscribe, 'wrong')).status).toBe(401);
    expect((await put('user_id:nobody-at-all', subscribe)).status).toBe(404);
  });
});

describe('links in messages', () => {
  const link = (id: string, claim: Partial<LinkClaim> = {}) => {
    const full: LinkClaim = {
      act: 'unsubscribe',
      customerId: id,
      channel: 'email',
      purpose: 'offers',
      messageId: `message-of-${id}`,
      expiresAt: world.time.now.getTime() + 1_000,
      ...claim,
    };
    return `/${full.act}/${signLink(full, SIGNING)}`;
  };
  const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
  const post = (path: string, body: string | Buffer, headers: Record<string, string> = FORM) =>
    world.call('POST', path, { body, headers });

  async function subscriber() {
    const { userId, id } = await customer();
    await put(userId, { channel: 'email', purpose: 'offers', state: 'subscribed' });
    return { userId, id };
  }

  it('change nothing when they are only opened', async () => {
    const { userId, id } = await subscriber();
    const confirm = link(id, { act: 'confirm', purpose: 'newsletter' });
    for (const path of [link(id), confirm]) {
      for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']) {
        await world.call(method, path);
        await world.call(method, `${path}?List-Unsubscribe=One-Click&confirm=yes`);
      }
    }
    expect(await consents(userId)).toEqual({ 'email offers': 'subscribed' });
    const page = await world.call('GET', link(id));
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
    expect(page.text.match(/<button/g)).toHaveLength(1);
    expect(page.text).not.toMatch(/<script/);
  });

  it.each([
    ['a url-encoded form', 'List-Unsubscribe=One-Click', FORM],
    [
      'a url-encoded form with a charset',
      'List-Unsubscribe=One-Click',
      { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    ],
    [
      'a multipart form',
      '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
      { 'content-type': 'multipart/form-data; boundary=b' },
    ],
  ])('unsubscribe by one click with %s (RFC 8058)', async (_, body, headers) => {
    const { userId, id } = await subscriber();
    const answer = await post(link(id), body, headers);
    expect(answer.status).toBe(200);
    expect(await consents(userId)).toEqual({ 'email offers': 'unsubscribed' });
  });

  it('unsubscribe once, however often mail programs post', async () => {
    const { id } = await subscriber();
    for (let time = 0; time < 3; time++) {
      expect((await post(link(id), 'List-Unsubscribe=One-Click')).status).toBe(200);
    }
    expect((await eventsOf(id)).filter((name) => name === 'Consent Changed')).toHaveLength(2);
  });

  it.each([
    ['nothing', '', FORM],
    ['another value', 'List-Unsubscribe=Two-Clicks', FORM],
    ['another field', 'List-Subscribe=One-Click', FORM],
    ['JSON', '{"List-Unsubscribe":"One-Click"}', { 'content-type': 'application/json' }],
    [
      'broken multipart',
      'List-Unsubscribe=One-Click',
      { 'content-type': 'multipart/form-data; boundary=b' },
    ],
    ['multipart without a boundary', 'x', { 'content-type': 'multipart/form-data' }],
    ['far too much', `a=${'x'.repeat(100_000)}`, FORM],
    ['gzip that is none', 'x', { ...FORM, 'content-encoding': 'gzip' }],
  ])('do not unsubscribe for a post of %s', async (_, body, headers) => {
    const { userId, id } = await subscriber();
    const answer = await post(link(id), body, headers);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    expect(await consents(userId)).toEqual({ 'email offers': 'subscribed' });
  });

  it('are rejected when forged, shortened, or made for another use', async () => {
    const { userId, id } = await subscriber();
    const good = link(id);
    const confirm = link(id, { act: 'confirm' }).replace('/confirm/', '/unsubscribe/');
    const [payload = '', signature = ''] = good.slice('/unsubscribe/'.length).split('.');
    const other = Buffer.from(
      Buffer.from(payload, 'base64url').toString().replace('offers', 'newsletter'),
    ).toString('base64url');
    const forged = [
      `${good}x`,
      good.slice(0, -3),
      confirm,
      `/unsubscribe/${other}.${signature}`,
      '/unsubscribe/%00',
      '/unsubscribe/x',
      `/unsubscribe/${'x'.repeat(9_000)}`,
      '/unsubscribe/%E0%A4%A',
      `${good}.x`,
    ];
    for (const path of forged) {
      for (const answer of [
        await post(path, 'List-Unsubscribe=One-Click'),
        await world.call('GET', path),
      ]) {
        expect([path.slice(0, 40), answer.status]).toEqual([path.slice(0, 40), 400]);
      }
    }
    expect(await consents(userId)).toEqual({ 'email offers': 'subscribed' });
  });

  it('expire', async () => {
    const { userId, id } = await subscriber();
    const old = link(id, { expiresAt: world.time.now.getTime() - 1 });
    expect((await world.call('GET', old)).status).toBe(410);
    expect((await post(old, 'List-Unsubscribe=One-Click')).status).toBe(410);
    expect(await consents(userId)).toEqual({ 'email offers': 'subscribed' });
  });

  it('of an erased customer succeed and change nothing', async () => {
    expect((await post(link('nobody'), 'List-Unsubscribe=One-Click')).status).toBe(200);
    expect((await post(link('nobody', { act: 'confirm' }), 'confirm=yes')).status).toBe(410);
  });

  it('escape their content', async () => {
    const { id } = await customer();
    const page = await world.call(
      'GET',
      link(id, { purpose: '<script>alert(1)</script>', channel: '"><img src=x>' }),
    );
    expect(page.text).not.toMatch(/<script|<img/);
  });

  it('confirm a subscription once, with an event', async () => {
    const { userId, id } = await customer();
    const path = link(id, { act: 'confirm' });
    expect((await post(path, '')).status).toBe(400);
    expect(await consents(userId)).toEqual({});
    for (let time = 0; time < 2; time++) expect((await post(path, 'confirm=yes')).status).toBe(200);
    expect(await consents(userId)).toEqual({ 'email offers': 'subscribed' });
    expect((await eventsOf(id)).filter((name) => name === 'Subscription Confirmed')).toHaveLength(
      1,
    );

    world.time.now = new Date(world.time.now.getTime() + 500);
    await put(userId, { channel: 'email', purpose: 'offers', state: 'unsubscribed' });
    expect((await post(path, 'confirm=yes')).status).toBe(410);
    expect(await consents(userId)).toEqual({ 'email offers': 'unsubscribed' });
  });

  it('accept a compressed form', async () => {
    const { userId, id } = await subscriber();
    await post(link(id), gzipSync('List-Unsubscribe=One-Click'), {
      ...FORM,
      'content-encoding': 'gzip',
    });
    expect(await consents(userId)).toEqual({ 'email offers': 'unsubscribed' });
  });
});
