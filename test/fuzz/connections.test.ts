import { setTimeout as sleep } from 'node:timers/promises';
import { startApiWorld, WRITE, type ApiWorld } from '../api/api-world';
import { nestedText } from './hostile-json';
import { firstAnswer, openRaw, type RawSocket } from './raw-socket';
import { countsOf, expectConsistent, expectSound } from './soundness';

let world: ApiWorld;
let port: number;

/** Short, so that the tests need not wait as long as an attacker would. */
const PATIENCE_MS = 2_000;

beforeAll(async () => {
  world = await startApiWorld({ limits: { requestTimeoutMs: PATIENCE_MS } });
  port = Number(new URL(world.url).port);
});

afterEach(async () => {
  await expectConsistent(world.deps.db);
  expect((await world.call('GET', '/healthz')).json).toEqual({ status: 'ok' });
});

afterAll(() => world.stop());

const EVENT = '{"userId":"ada","event":"Page Seen"}';

const head = (path = '/v1/track', more = '') =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${WRITE}\r\nContent-Type: application/json\r\n${more}`;

const whole = (body = EVENT, more = '') =>
  `${head('/v1/track', more)}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** Sends bytes as they are; what came until the server ended the connection. */
async function speak(bytes: string | Buffer): Promise<string> {
  const raw = await openRaw(port);
  raw.write(bytes);
  return raw.closed;
}

async function unchanged(work: () => Promise<void>): Promise<void> {
  const before = await countsOf(world.deps.db);
  await work();
  expect(await countsOf(world.deps.db)).toEqual(before);
}

describe('a slow client', () => {
  const slow: readonly (readonly [string, (raw: RawSocket) => Promise<void> | void])[] = [
    ['says nothing', () => undefined],
    ['stops within the request line', (raw) => raw.write('POST /v1/tr')],
    ['stops within the headers', (raw) => raw.write('POST /v1/track HTTP/1.1\r\nHost: x\r\nX-A: ')],
    ['sends its headers letter by letter', (raw) => drip(raw, head())],
    ['never sends its body', (raw) => raw.write(`${head()}Content-Length: 40\r\n\r\n`)],
    ['stops within the body', (raw) => raw.write(`${head()}Content-Length: 4000\r\n\r\n${EVENT}`)],
    [
      'sends its body letter by letter',
      async (raw) => {
        raw.write(`${head()}Content-Length: 4000\r\n\r\n`);
        await drip(raw, ' '.repeat(4_000));
      },
    ],
    [
      'stops within a chunk',
      (raw) => raw.write(`${head()}Transfer-Encoding: chunked\r\n\r\nff\r\n${EVENT}`),
    ],
    [
      'never sends its last chunk',
      (raw) =>
        raw.write(
          `${head()}Transfer-Encoding: chunked\r\n\r\n${EVENT.length.toString(16)}\r\n${EVENT}\r\n`,
        ),
    ],
  ];

  it('is cut off, and nothing is stored, wherever it stalls', async () => {
    await unchanged(async () => {
      const answers = slow.map(async ([name, act]) => {
        const raw = await openRaw(port);
        const began = performance.now();
        await act(raw);
        const answer = firstAnswer(await raw.closed);
        expect([name, performance.now() - began < 20_000]).toEqual([name, true]);
        // Who has said nothing gets no answer.
        if (answer === undefined) return;
        expectSound(answer, `a client that ${name}`);
        expect([name, answer.status]).toEqual([name, 408]);
      });
      await Promise.all(answers);
    });
  });

  it('keeps nobody else waiting, even where there are 200', async () => {
    const stalled = await Promise.all(Array.from({ length: 200 }, () => openRaw(port)));
    for (const [at, raw] of stalled.entries()) {
      raw.write(at % 2 === 0 ? head() : `${head()}Content-Length: 100\r\n\r\n{`);
    }
    const answer = await world.call('POST', '/v1/track', { key: WRITE, body: EVENT });
    expect(answer.status).toBe(200);
    await Promise.all(stalled.map(({ closed }) => closed));
  });

  it('that does not read its answers holds nobody up either', async () => {
    const raw = await openRaw(port);
    raw.socket.pause();
    raw.write(`GET / HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(100));
    const answer = await world.call('POST', '/v1/track', { key: WRITE, body: EVENT });
    expect(answer.status).toBe(200);
    raw.socket.destroy();
    await raw.closed;
  });
});

async function drip(raw: RawSocket, bytes: string): Promise<void> {
  for (const letter of bytes) {
    if (raw.socket.closed || !raw.socket.writable) return;
    raw.write(letter);
    await sleep(20);
  }
}

describe('a connection that is half closed', () => {
  it('after a whole request is still answered', async () => {
    const raw = await openRaw(port);
    raw.socket.end(whole('{"userId":"ada","event":"Page Seen","messageId":"half-closed"}'));
    const answer = firstAnswer(await raw.closed);
    const { rows } = await world.connection.pool.query(
      "select 1 from events where message_id = 'half-closed'",
    );
    // Whoever was told 200 has been heard; a server may also hang up and store nothing or all.
    if (answer !== undefined) expect([answer.status, rows.length]).toEqual([200, 1]);
  });

  it.each([
    ['within the headers', head()],
    ['within the body', `${head()}Content-Length: 4000\r\n\r\n${EVENT}`],
    ['within a chunk', `${head()}Transfer-Encoding: chunked\r\n\r\nff\r\n${EVENT}`],
  ])('%s stores nothing', async (_, bytes) => {
    await unchanged(async () => {
      const raw = await openRaw(port);
      raw.socket.end(bytes);
      const answer = firstAnswer(await raw.closed);
      if (answer !== undefined) expectSound(answer, bytes);
    });
  });

  it('by a reset in the midst of 100 bodies harms nobody', async () => {
    await unchanged(async () => {
      const all = await Promise.all(Array.from({ length: 100 }, () => openRaw(port)));
      for (const raw of all) raw.write(`${head()}Content-Length: 4000\r\n\r\n${EVENT}`);
      await sleep(50);
      for (const raw of all) raw.socket.resetAndDestroy();
      await Promise.all(all.map(({ closed }) => closed));
    });
  });
});

describe('what is hardly HTTP', () => {
  const get = (line: string, headers = 'Host: x\r\n') =>
    `${line}\r\n${headers}Connection: close\r\n\r\n`;
  const closing = 'Connection: close\r\n';

  it.each([
    ['nothing but line ends', '\r\n'.repeat(5_000)],
    ['noise', Buffer.from(Array.from({ length: 5_000 }, (_, at) => (at * 131 + 7) % 256))],
    ['the beginning of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['the beginning of TLS', Buffer.from('1603010200010001fc0303', 'hex')],
    ['no Host', get('GET /healthz HTTP/1.1', '')],
    ['two Hosts', get('GET /healthz HTTP/1.1', 'Host: x\r\nHost: y\r\n')],
    ['a Host that is none', get('GET /healthz HTTP/1.1', 'Host: %00/../@[::\r\n')],
    ['HTTP/1.0', get('GET /healthz HTTP/1.0', '')],
    ['HTTP/9.9', get('GET /healthz HTTP/9.9')],
    ['a method that nobody knows', get('BREW /healthz HTTP/1.1')],
    ['TRACE', get('TRACE /healthz HTTP/1.1')],
    ['CONNECT', get('CONNECT x:80 HTTP/1.1')],
    ['an upgrade', get('GET /healthz HTTP/1.1', 'Host: x\r\nUpgrade: websocket\r\n')],
    ['OPTIONS *', get('OPTIONS * HTTP/1.1')],
    ['a whole address', get('GET http://x/healthz HTTP/1.1')],
    ['an address that is none', get('GET http://[::1/healthz HTTP/1.1')],
    ['two slashes', get('GET //healthz HTTP/1.1')],
    ['an address of 15 KB', get(`GET /v1/customers/${'x'.repeat(15_000)} HTTP/1.1`)],
    ['a % for nothing', get('GET /v1/customers/%zz HTTP/1.1')],
    ['a folded header', get('GET /healthz HTTP/1.1', 'Host: x\r\nX: a\r\n b\r\n')],
    ['a NUL in a header', get('GET /healthz HTTP/1.1', 'Host: x\r\nX: a\0b\r\n')],
    ['a space before a colon', get('GET /healthz HTTP/1.1', 'Host: x\r\nX : a\r\n')],
    ['1,000 headers', get('GET /healthz HTTP/1.1', `Host: x\r\n${'X: a\r\n'.repeat(1_000)}`)],
    ['a header named __proto__', get('GET /healthz HTTP/1.1', 'Host: x\r\n__proto__: a\r\n')],
    ['an expectation', whole(EVENT, `${closing}Expect: 100-continue\r\n`)],
    ['an expectation that nobody meets', whole(EVENT, `${closing}Expect: a-miracle\r\n`)],
    ['a length that is none', `${head('/v1/track', closing)}Content-Length: many\r\n\r\n{}`],
    ['a length below nought', `${head('/v1/track', closing)}Content-Length: -1\r\n\r\n{}`],
    [
      'a length beyond counting',
      `${head('/v1/track', closing)}Content-Length: 1${'0'.repeat(30)}\r\n\r\n{}`,
    ],
    [
      'two lengths',
      `${head('/v1/track', closing)}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
    ],
    [
      'a length and chunks',
      `${head('/v1/track', closing)}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${whole()}`,
    ],
    ['an unknown transfer', `${head('/v1/track', closing)}Transfer-Encoding: x\r\n\r\n{}`],
    [
      'a chunk of no size',
      `${head('/v1/track', closing)}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}`,
    ],
    [
      'an endless chunk extension',
      `${head('/v1/track', closing)}Transfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(40_000)}\r\n{`,
    ],
    [
      'a key of 15 KB',
      get('GET /v1/tasks HTTP/1.1', `Host: x\r\nAuthorization: Bearer ${'k'.repeat(15_000)}\r\n`),
    ],
    [
      'a key that is no base64',
      get('GET /v1/tasks HTTP/1.1', 'Host: x\r\nAuthorization: Basic \xff\xfe%%%\r\n'),
    ],
    ['a scheme alone', get('GET /v1/tasks HTTP/1.1', 'Host: x\r\nAuthorization: Basic\r\n')],
  ])(
    'such as %s is refused with a sentence or answered, and stores nothing',
    async (name, bytes) => {
      const stores = name === 'an expectation' ? 1 : 0;
      const before = await countsOf(world.deps.db);
      const heard = await speak(bytes);
      const answer = firstAnswer(heard);
      expect(heard === '' || answer !== undefined).toBe(true);
      if (answer !== undefined) expectSound(answer, name);
      expect((await countsOf(world.deps.db)).events - before.events).toBe(stores);
    },
  );

  it('a request that is hidden in the body of another is not carried out', async () => {
    await unchanged(async () => {
      const hidden = whole();
      const heard = await speak(
        `${head('/v1/nothing', closing)}Content-Length: ${hidden.length}\r\n\r\n${hidden}`,
      );
      expect(firstAnswer(heard)?.status).toBe(404);
    });
  });

  it('many requests at once on one connection are each answered, the bad ones too', async () => {
    const bodies = Array.from({ length: 60 }, (_, at) =>
      at % 3 === 0 ? nestedText(10_000, 'array') : EVENT,
    );
    const before = await countsOf(world.deps.db);
    const raw = await openRaw(port);
    raw.write(bodies.map((body) => whole(body)).join('') + get('GET /healthz HTTP/1.1'));
    const statuses = [...(await raw.closed).matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(
      ([, code]) => code,
    );
    expect(statuses).toEqual([...bodies.map((_, at) => (at % 3 === 0 ? '400' : '200')), '200']);
    expect((await countsOf(world.deps.db)).events - before.events).toBe(40);
  });
});
