import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { ADMIN, basic, READ, startApiWorld, WRITE, type ApiWorld } from './api-world';

let world: ApiWorld;

beforeAll(async () => {
  world = await startApiWorld();
});

afterAll(() => world.stop());

const track = (more: object = {}) => ({ userId: 'u1', event: 'Thing Done', ...more });
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  world.call('POST', path, { key: WRITE, body, headers });

async function eventCount(): Promise<number> {
  const row = await world.deps.db
    .selectFrom('events')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return row.count;
}

async function eventOf(messageId: string) {
  return world.deps.db
    .selectFrom('events')
    .selectAll()
    .where('message_id', '=', messageId)
    .executeTakeFirst();
}

describe('the key for sending events', () => {
  it.each([
    ['the write key by basic auth', { authorization: basic(WRITE) }, 200],
    ['the admin key by basic auth', { authorization: basic(ADMIN) }, 200],
    ['the write key as a bearer token', { authorization: `Bearer ${WRITE}` }, 200],
    ['no key', {}, 401],
    ['a wrong key', { authorization: basic('nonsense') }, 401],
    ['an empty key', { authorization: basic('') }, 401],
    [
      'the write key as the password only',
      { authorization: `Basic ${Buffer.from(`:${WRITE}`).toString('base64')}` },
      401,
    ],
    ['a scheme that nobody knows', { authorization: `Digest ${WRITE}` }, 401],
    ['broken base64', { authorization: 'Basic %%%' }, 401],
    ['the read key', { authorization: basic(READ) }, 403],
  ])('answers %s as it deserves', async (_, headers, status) => {
    const before = await eventCount();
    const answer = await world.call('POST', '/v1/track', { body: track(), headers });
    expect(answer.status).toBe(status);
    expect(answer.json.success).toBe(status === 200);
    if (status !== 200)
      expect(answer.json.error.message).toMatch(/send the write or the admin key/);
    if (status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Basic /);
    expect((await eventCount()) - before).toBe(status === 200 ? 1 : 0);
  });

  it("is read from the body, as Segment's browser clients send it", async () => {
    const headers = { 'content-type': 'text/plain' };
    const good = await world.call('POST', '/v1/track', {
      body: track({ writeKey: WRITE }),
      headers,
    });
    expect(good.status).toBe(200);
    const wrong = await world.call('POST', '/v1/track', {
      body: track({ writeKey: 'no' }),
      headers,
    });
    expect(wrong.status).toBe(401);
    const odd = await world.call('POST', '/v1/track', { body: track({ writeKey: {} }), headers });
    expect(odd.status).toBe(401);
    const batch = { writeKey: WRITE, batch: [{ type: 'track', ...track() }] };
    expect((await world.call('POST', '/v1/batch', { body: batch })).status).toBe(200);
  });

  it('rejects a wrong key in the header even with a valid key in the body', async () => {
    const answer = await world.call('POST', '/v1/track', {
      body: track({ writeKey: WRITE }),
      headers: { authorization: basic('wrong') },
    });
    expect(answer.status).toBe(401);
  });

  it('allows browsers of any origin to send events, and nothing else', async () => {
    const preflight = await world.call('OPTIONS', '/v1/track', {
      headers: { origin: 'https://shop.example' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(/Content-Type/);
    const refused = await world.call('POST', '/v1/track', { body: track() });
    expect(refused.headers.get('access-control-allow-origin')).toBe('*');
    const customer = await world.call('OPTIONS', '/v1/customers/u1');
    expect(customer.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('an invalid event', () => {
  it.each([
    ['malformed JSON', '{"event": ', {}, 400],
    ['an empty body', '', {}, 400],
    ['an array', '[]', {}, 400],
    ['a number', '7', {}, 400],
    ['null', 'null', {}, 400],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), {}, 400],
    ['a type that is no JSON', track(), { 'content-type': 'application/xml' }, 415],
    ['a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    [
      'a charset that is not UTF-8',
      track(),
      { 'content-type': 'application/json; charset=latin1' },
      415,
    ],
    ['an encoding that nobody knows', track(), { 'content-encoding': 'squash' }, 415],
    ['gzip that is none', track(), { 'content-encoding': 'gzip' }, 400],
    ['a missing event name', { userId: 'u1' }, {}, 400],
    ['an event name of the wrong type', { userId: 'u1', event: 7 }, {}, 400],
    ['properties of the wrong type', track({ properties: 'none' }), {}, 400],
    ['a user id of the wrong type', track({ userId: {} }), {}, 400],
    ['a NUL character', track({ properties: { a: 'b\0c' } }), {}, 400],
    ['half a character', '{"userId":"u1","event":"A","properties":{"a":"\\ud800"}}', {}, 400],
    ['a user id of 300 characters', track({ userId: 'u'.repeat(300) }), {}, 400],
    ['an event of 33 KB', track({ properties: { a: 'x'.repeat(33 * 1024) } }), {}, 413],
    [
      'an event of 33 KB in UTF-8 alone',
      track({ properties: { a: 'ü'.repeat(17 * 1024) } }),
      {},
      413,
    ],
    ['a body of 600 KB', track({ properties: { a: 'x'.repeat(600 * 1024) } }), {}, 413],
    [
      'nesting that overflows',
      `{"event":"A","properties":${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}}`,
      {},
      400,
    ],
  ])('refuses %s with a sentence, and stores nothing', async (_, body, headers, status) => {
    const before = await eventCount();
    const answer = await post('/v1/track', body, headers);
    expect([answer.status, answer.text]).toEqual([status, expect.any(String)]);
    expect(answer.json).toMatchObject({
      success: false,
      error: { message: expect.stringMatching(/.{20}/) },
    });
    expect(await eventCount()).toBe(before);
  });

  it('is reported with index and messageId for a single call', async () => {
    const answer = await post('/v1/track', { messageId: 'wrong-1', userId: 'u1' });
    expect(answer.json.errors).toEqual([
      { index: 0, messageId: 'wrong-1', message: expect.any(String) },
    ]);
  });

  it.each(['null', 'anonymous', '-1', '0000', 'undefined'])(
    'is a call whose only id is %s, and a batch reports it by index',
    async (nobody) => {
      const body = track({ userId: nobody, messageId: `nobody-${nobody}` });
      const answer = await world.call('POST', '/v1/track', { key: WRITE, body });
      expect([answer.status, answer.json.error.code]).toEqual([400, 'invalid-event']);
      expect(answer.json.error.message).toContain('stands for nobody');
      const batch = [
        { type: 'track', ...track({ userId: 'somebody' }) },
        { type: 'track', ...body },
      ];
      const both = await world.call('POST', '/v1/batch', { key: WRITE, body: { batch } });
      expect(both.status).toBe(200);
      expect(both.json.errors).toMatchObject([{ index: 1, messageId: `nobody-${nobody}` }]);
      const known = track({ userId: nobody, anonymousId: 'a-device', messageId: `with-${nobody}` });
      expect((await world.call('POST', '/v1/track', { key: WRITE, body: known })).status).toBe(200);
    },
  );

  it('rejects a body that exceeds the limit after decompression', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000, 0x20));
    const answer = await post('/v1/track', bomb, { 'content-encoding': 'gzip' });
    expect(answer.status).toBe(413);
  });

  it('never answers 5xx, whatever an event is made of', async () => {
    const values = [
      'x'.repeat(30_000),
      -1e308,
      1e-320,
      [],
      [[]],
      { toString: 1 },
      '__proto__',
      true,
      null,
      'NaN',
      '\u2028',
      '😀',
      ' ',
    ];
    for (const value of values) {
      for (const field of [
        'userId',
        'anonymousId',
        'messageId',
        'timestamp',
        'sentAt',
        'originalTimestamp',
        'context',
        'traits',
        'properties',
        'event',
        'previousId',
        'groupId',
        'email',
      ]) {
        for (const type of ['track', 'identify', 'alias', 'group']) {
          const body = { previousId: 'p', ...track(), [field]: value };
          const answer = await post(`/v1/${type}`, body);
          if (answer.status >= 500)
            throw new Error(
              `${type} ${field} ${JSON.stringify(value).slice(0, 50)}: ${answer.text}`,
            );
        }
      }
    }
    const odd = await post(
      '/v1/track',
      `{"event":"A","userId":"u","__proto__":{"a":1},"properties":{"constructor":{"x":1}}}`,
    );
    expect(odd.status).toBe(200);
  });

  it('never answers 5xx to a trigger whose key is very long', async () => {
    const noise = Array.from({ length: 200 }, (_, at) => {
      return createHash('sha256').update(String(at)).digest('base64');
    }).join('');
    const answer = await post('/v1/track', track({ event: 'Keyed', properties: { key: noise } }));
    expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  });
});

describe('a valid event', () => {
  it('may be sent with gzip', async () => {
    const body = gzipSync(JSON.stringify(track({ messageId: 'zipped' })));
    expect((await post('/v1/track', body, { 'content-encoding': 'gzip' })).json).toEqual({
      success: true,
    });
    expect((await eventOf('zipped'))?.name).toBe('Thing Done');
  });

  it('may be sent without a content type', async () => {
    const body = JSON.stringify(track({ messageId: 'untyped' }));
    expect((await post('/v1/track', body, { 'content-type': '' })).status).toBe(200);
  });

  it('may have just under 32 KB', async () => {
    const body = track({ properties: { a: 'x'.repeat(32_600) } });
    expect((await post('/v1/track', body)).status).toBe(200);
  });

  it('takes effect once per messageId', async () => {
    const before = await eventCount();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        post('/v1/track', track({ messageId: 'again', userId: 'u-again' })),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect((await eventCount()) - before).toBe(1);
  });

  it('corrects the time of a client whose clock is wrong', async () => {
    await post(
      '/v1/track',
      track({
        messageId: 'skewed',
        timestamp: '2020-01-01T00:00:00Z',
        sentAt: '2020-01-01T00:01:00Z',
      }),
    );
    expect((await eventOf('skewed'))?.occurred_at).toEqual(
      new Date(world.time.now.getTime() - 60_000),
    );
  });
});
