import { composeMail } from '../../src/channels/email/compose-mail';
import { parseSender } from '../../src/channels/email/sender';
import { messageLinks } from '../../src/links/message-links';
import { signLink, type LinkClaim } from '../../src/links/signed-link';
import { ADMIN, READ, SIGNING, startApiWorld, WRITE, type ApiWorld } from './api-world';

/**
 * The examples of RFC 8058, section 8, with our URI in the place of theirs, and what must not work.
 * https://www.rfc-editor.org/rfc/rfc8058#section-8
 */
let world: ApiWorld;

beforeAll(async () => {
  world = await startApiWorld();
});

afterAll(() => world.stop());

let number = 0;

async function subscriber() {
  const userId = `listed-${++number}`;
  await world.call('POST', '/v1/identify', { key: WRITE, body: { userId } });
  const { json } = await world.call('GET', `/v1/customers/${userId}`, { key: READ });
  const subscription = { channel: 'email', purpose: 'offers', state: 'subscribed' };
  await world.call('PUT', `/v1/customers/${userId}/consents`, { key: ADMIN, body: subscription });
  world.time.now = new Date(world.time.now.getTime() + 1_000);
  return { userId, id: json.id as string };
}

async function isSubscribed(userId: string): Promise<boolean> {
  const { json } = await world.call('GET', `/v1/customers/${userId}`, { key: READ });
  return json.consents[0].state === 'subscribed';
}

/** The mail as it travels, and what its headers say. */
async function mailTo(customerId: string, mailbox?: string, purpose = 'offers') {
  const links = messageLinks(
    { publicUrl: 'https://shop.example', signingKey: SIGNING, unsubscribeMailbox: mailbox },
    { messageId: 'a-message', customerId, channel: 'email', purpose, decidedAt: world.time.now },
  );
  const { raw } = await composeMail(
    {
      id: 'a-message',
      customerId,
      address: 'ada@customers.example',
      purpose,
      content: { channel: 'email', subject: 'Hello', html: '<p>Hello</p>', text: 'Hello' },
      decidedAt: world.time.now,
      repeat: false,
      ...(links.unsubscribe !== undefined && { unsubscribeUrl: links.unsubscribe }),
      ...(links.unsubscribeMail !== undefined && { unsubscribeMail: links.unsubscribeMail }),
    },
    parseSender('Shop <hello@shop.example>'),
  );
  const head =
    raw
      .toString()
      .split('\r\n\r\n', 1)[0]
      ?.replaceAll(/\r\n[ \t]+/g, ' ') ?? '';
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]?.trimEnd();
  return {
    listUnsubscribe: header('List-Unsubscribe'),
    listUnsubscribePost: header('List-Unsubscribe-Post'),
    maxLineLength: Math.max(
      ...raw
        .toString()
        .split('\r\n')
        .map((line) => line.length),
    ),
  };
}

const pathIn = (header = '') => /<https:\/\/shop\.example(\/[^>]+)>/.exec(header)?.[1] ?? '';

const URL_ENCODED = { 'content-type': 'application/x-www-form-urlencoded' };

describe('RFC 8058', () => {
  it('8.1: a mail that names one https URI, and a post of the pair', async () => {
    const { userId, id } = await subscriber();
    const mail = await mailTo(id);
    expect(mail.listUnsubscribe).toMatch(/^<https:\/\/shop\.example\/unsubscribe\/[\w.-]+>$/);
    expect(mail.listUnsubscribePost).toBe('List-Unsubscribe=One-Click');
    const answer = await world.call('POST', pathIn(mail.listUnsubscribe), {
      headers: { ...URL_ENCODED, 'content-length': '26' },
      body: 'List-Unsubscribe=One-Click',
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(answer.headers.get('location')).toBeNull();
    expect(await isSubscribed(userId)).toBe(false);
  });

  it('8.2: a mail that names a mailbox as well, and a post of a multipart form', async () => {
    const { userId, id } = await subscriber();
    const mail = await mailTo(id, 'unsubscribe@shop.example');
    expect(mail.listUnsubscribe).toMatch(
      /^<https:\/\/[^>]+>, <mailto:unsubscribe@shop\.example\?subject=unsubscribe%20[\w.-]+>$/,
    );
    // RFC 5322, 2.1.1: no line of a mail is longer than this.
    expect(mail.maxLineLength).toBeLessThanOrEqual(998);
    const boundary = '---FormBoundaryjWmhtjORrn';
    const body = [
      `--${boundary}`,
      'Content-Disposition: form-data; name="List-Unsubscribe"',
      '',
      'One-Click',
      `--${boundary}--`,
      '',
    ].join('\r\n');
    const answer = await world.call('POST', pathIn(mail.listUnsubscribe), {
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      body,
    });
    expect(answer.status).toBe(200);
    expect(await isSubscribed(userId)).toBe(false);
  });

  it('adds no headers to transactional mail', async () => {
    const mail = await mailTo('c', 'unsubscribe@shop.example', 'transactional');
    expect([mail.listUnsubscribe, mail.listUnsubscribePost]).toEqual([undefined, undefined]);
  });

  it('accepts the subject of the mailto unchanged', async () => {
    const { userId, id } = await subscriber();
    const { listUnsubscribe = '' } = await mailTo(id, 'unsubscribe@shop.example');
    const mailto = new URL(/<(mailto:[^>]+)>/.exec(listUnsubscribe)?.[1] ?? '');
    await world.call('POST', '/v1/inbound/messages', {
      key: WRITE,
      body: {
        id: 'mail-1',
        channel: 'email',
        from: 'ada@customers.example',
        subject: mailto.searchParams.get('subject'),
      },
    });
    expect(await isSubscribed(userId)).toBe(false);
  });

  const PAIR = 'List-Unsubscribe=One-Click';
  const part = (name: string, value: string) =>
    `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const MULTIPART = { 'content-type': 'multipart/form-data; boundary=b' };

  it.each([
    ['a GET', 'GET', PAIR, URL_ENCODED],
    ['a HEAD', 'HEAD', undefined, {}],
    ['a PUT', 'PUT', PAIR, URL_ENCODED],
    ['a post of nothing', 'POST', undefined, {}],
    ['a post without a type', 'POST', PAIR, { 'content-type': '' }],
    ['a post of text', 'POST', PAIR, { 'content-type': 'text/plain' }],
    ['another value', 'POST', 'List-Unsubscribe=one-click', URL_ENCODED],
    ['another name', 'POST', 'list-unsubscribe=One-Click', URL_ENCODED],
    ['the pair twice', 'POST', `${PAIR}&${PAIR}`, URL_ENCODED],
    ['the pair and more', 'POST', `${PAIR}&email=ada@customers.example`, URL_ENCODED],
    ['two values', 'POST', `List-Unsubscribe=Two&${PAIR}`, URL_ENCODED],
    [
      'a form of two parts',
      'POST',
      `${part('List-Unsubscribe', 'One-Click')}${part('a', 'b')}--b--\r\n`,
      MULTIPART,
    ],
    ['a form cut off', 'POST', part('List-Unsubscribe', 'One-Click').slice(0, 60), MULTIPART],
  ] as const)('does not take %s for one click', async (_, method, body, headers) => {
    const { userId, id } = await subscriber();
    const path = pathIn((await mailTo(id)).listUnsubscribe);
    await world.call(method, path, { ...(body !== undefined && { body }), headers });
    expect(await isSubscribed(userId)).toBe(true);
  });

  it.each([
    ['forged', (claim: LinkClaim) => signLink(claim, 'another-key-of-at-least-32-letters!'), 400],
    ['expired', (claim: LinkClaim) => signLink({ ...claim, expiresAt: 1 }, SIGNING), 410],
    [
      'of another action',
      (claim: LinkClaim) => signLink({ ...claim, act: 'preferences' }, SIGNING),
      400,
    ],
    ['unsigned', (claim: LinkClaim) => signLink(claim, SIGNING).split('.')[0] ?? '', 400],
  ] as const)('refuses a token that is %s', async (_, tokenOf, status) => {
    const { userId, id } = await subscriber();
    const token = tokenOf({
      act: 'unsubscribe',
      customerId: id,
      channel: 'email',
      purpose: 'offers',
      messageId: 'a-message',
      expiresAt: world.time.now.getTime() + 1e9,
    });
    const answer = await world.call('POST', `/unsubscribe/${token}`, {
      headers: URL_ENCODED,
      body: PAIR,
    });
    expect(answer.status).toBe(status);
    expect(await isSubscribed(userId)).toBe(true);
  });
});
