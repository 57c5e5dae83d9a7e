import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { ADMIN, startApiWorld, WRITE, type ApiWorld } from '../api/api-world';
import { holds } from './fuzzing';
import { nestedText } from './hostile-json';
import { firstAnswer, openRaw } from './raw-socket';
import { countsOf, expectConsistent, expectSound } from './soundness';

let world: ApiWorld;

beforeAll(async () => {
  world = await startApiWorld();
  await world.call('POST', '/v1/identify', { key: WRITE, body: { userId: 'ada' } });
});

afterEach(async () => {
  await expectConsistent(world.deps.db);
  expect((await world.call('GET', '/healthz')).json).toEqual({ status: 'ok' });
});

afterAll(() => world.stop());

const MB = 1024 * 1024;

/** Every address that takes a body, with its method. */
const DOORS: readonly (readonly [method: string, path: string])[] = [
  ...['identify', 'track', 'page', 'screen', 'group', 'alias', 'batch', 'import'].map(
    (name) => ['POST', `/v1/${name}`] as const,
  ),
  ['PUT', '/v1/customers/ada/consents'],
  ['POST', '/v1/journeys/onDemand/enrollments'],
  ['POST', '/v1/journeys/onDemand/operations'],
  ['POST', '/v1/enrollments/none/pause'],
  ['POST', '/v1/tasks/none/claim'],
  ['POST', '/v1/tasks/none/complete'],
  ['POST', '/v1/quarantine/replay'],
  ['POST', '/v1/dead-letters/retry'],
];

interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly body: Buffer | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends what must be refused, and sees that nothing of it is kept. */
async function refused({ method = 'POST', path, body, headers = {} }: Sent): Promise<number> {
  const before = await countsOf(world.deps.db);
  const answer = await world.call(method, path, { key: ADMIN, body, headers });
  expectSound(answer, `${method} ${path}`);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(await countsOf(world.deps.db)).toEqual(before);
  return answer.status;
}

describe('a body of 10 MB', () => {
  const big = Buffer.from(
    `{"userId":"ada","event":"A","properties":{"a":"${'x'.repeat(10 * MB)}"}}`,
  );

  it.each(DOORS)('is refused at %s %s', async (method, path) => {
    expect(await refused({ method, path, body: big })).toBe(413);
  });

  it('is refused at the form of a link', async () => {
    const { status } = await world.call('POST', '/unsubscribe/token', { body: big });
    expect(status).toBe(413);
  });

  it('is refused when it comes in chunks, without being kept in memory', async () => {
    const before = await countsOf(world.deps.db);
    const raw = await openRaw(Number(new URL(world.url).port));
    raw.write(
      `POST /v1/batch HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${WRITE}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    for (let sent = 0; sent < 10 * MB; sent += 64 * 1024) {
      raw.write(`${(64 * 1024).toString(16)}\r\n${' '.repeat(64 * 1024)}\r\n`);
    }
    raw.write('0\r\n\r\n');
    const answer = firstAnswer(await raw.closed);
    // A client that goes on writing may miss the answer, as with any server.
    if (answer !== undefined) {
      expectSound(answer, '10 MB in chunks');
      expect(answer.status).toBe(413);
    }
    expect(await countsOf(world.deps.db)).toEqual(before);
  });

  it('of batch items is refused whole', async () => {
    const item = '{"type":"track","userId":"ada","event":"A"}';
    const body = `{"batch":[${Array.from({ length: 230_000 }, () => item).join(',')}]}`;
    expect(await refused({ path: '/v1/batch', body })).toBe(413);
  });
});

describe('a body that unpacks to more than it seems', () => {
  const spaces = Buffer.alloc(50 * MB, 0x20);
  const once = gzipSync(spaces);
  const packed: readonly (readonly [string, Buffer, string, number])[] = [
    ['gzip of 50 MB', once, 'gzip', 413],
    ['deflate of 50 MB', deflateSync(spaces), 'deflate', 413],
    ['Brotli of 50 MB', brotliCompressSync(spaces), 'br', 413],
    ['gzip in gzip', gzipSync(once), 'gzip', 400],
    ['gzip that claims to be packed twice', gzipSync(once), 'gzip, gzip', 415],
    [
      'many members of gzip',
      Buffer.concat(Array.from({ length: 500 }, () => gzipSync(Buffer.alloc(4_096, 0x20)))),
      'gzip',
      413,
    ],
    ['gzip that ends early', gzipSync('{"event":"A"}').subarray(0, 20), 'gzip', 400],
    [
      'gzip with noise after it',
      Buffer.concat([gzipSync('{"userId":"ada"}'), Buffer.from('noise')]),
      'gzip',
      400,
    ],
    ['gzip whose sum is wrong', corrupted(gzipSync('{"event":"A"}')), 'gzip', 400],
    ['noise as deflate', Buffer.from('noise and noise'), 'deflate', 400],
    ['noise as Brotli', Buffer.from('noise and noise'), 'br', 400],
    ['an empty body as gzip', Buffer.alloc(0), 'gzip', 400],
    ['an encoding that nobody knows', Buffer.from('{}'), 'zstd;q=1', 415],
  ];

  it.each(packed)('such as %s is refused at every door', async (_, body, encoding, status) => {
    for (const [method, path] of DOORS.slice(6, 11)) {
      const headers = { 'content-encoding': encoding };
      expect([path, await refused({ method, path, body, headers })]).toEqual([path, status]);
    }
  });
});

function corrupted(packed: Buffer): Buffer {
  const copy = Buffer.from(packed);
  copy[copy.length - 6] = (copy[copy.length - 6] ?? 0) ^ 0xff;
  return copy;
}

describe('nesting of any depth', () => {
  const kinds = ['array', 'object', 'mixed'] as const;
  const levels = fc.constantFrom(33, 100, 1_000, 10_000, 40_000, 120_000);

  it('is refused, wherever it stands', async () => {
    const cases = fc.record({
      door: fc.constantFrom(...DOORS),
      kind: fc.constantFrom(...kinds),
      levels,
      around: fc.constantFrom(
        ['', ''],
        ['{"userId":"ada","event":"A","properties":', '}'],
        ['{"userId":"ada","event":"A","context":{"traits":', '}}'],
        ['{"batch":', '}'],
        ['{"batch":[{"type":"track","event":"A","properties":', '}]}'],
        ['{"batch":[{"batch":', '}]}'],
        ['{"context":', ',"batch":[{"type":"track","event":"A"}]}'],
        ['{"writeKey":', '}'],
        ['{"consents":', '}'],
        ['{"ids":', '}'],
        ['{"channel":"email","purpose":"offers","state":"subscribed","proof":', '}'],
      ),
    });
    await holds(50, cases, async ({ door: [method, path], kind, levels: deep, around }) => {
      const [before, after] = around as [string, string];
      const body = `${before}${nestedText(kind === 'mixed' ? Math.ceil(deep / 2) : deep, kind)}${after}`;
      const counts = await countsOf(world.deps.db);
      const answer = await world.call(method, path, { key: ADMIN, body });
      expectSound(answer, `${method} ${path} ${before}`);
      // A batch is answered with the items that are refused; here that is every item.
      expect(await countsOf(world.deps.db)).toEqual(counts);
    });
  });

  it('in one item of a batch leaves the others as they are', async () => {
    const good = (at: number) =>
      `{"type":"track","userId":"ada","event":"A","messageId":"flat-${at}"}`;
    const items = [
      good(1),
      `{"type":"track","event":"A","properties":${nestedText(10_000, 'object')}}`,
      good(2),
      nestedText(10_000, 'array'),
      good(3),
    ];
    const body = `{"batch":[${items.join(',')}]}`;
    const { json } = await world.call('POST', '/v1/batch', { key: WRITE, body });
    expect(json.errors.map(({ index }: { index: number }) => index)).toEqual([1, 3]);
    const { rows } = await world.connection.pool.query(
      "select message_id from events where message_id like 'flat-%' order by 1",
    );
    expect(rows.map(({ message_id: id }) => id)).toEqual(['flat-1', 'flat-2', 'flat-3']);
  });
});

describe('what a body says of itself', () => {
  it('may be anything', async () => {
    const types = fc.oneof(
      fc.constantFrom(
        ...['application/json', 'application/json; charset=utf-16', 'application/json;charset="'],
        ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'a/b/c'],
        ...[
          'multipart/form-data; boundary=x',
          'application/vnd.api+json',
          '',
          ';',
          'APPLICATION/JSON',
        ],
        ...['application/json; charset=utf-8; charset=latin1', 'x'.repeat(5_000)],
      ),
      fc.string({ unit: 'grapheme-ascii', maxLength: 30 }),
    );
    const encodings = fc.constantFrom(
      undefined,
      '',
      'identity',
      'gzip',
      'GZIP',
      'x-gzip',
      ' ',
      'utf-8',
    );
    const cases = fc.tuple(fc.constantFrom(...DOORS), types, encodings);
    await holds(70, cases, async ([[method, path], type, encoding]) => {
      const headers = {
        'content-type': type,
        ...(encoding !== undefined && { 'content-encoding': encoding }),
      };
      const body = '{"userId":"ada","event":"A"}';
      const before = await countsOf(world.deps.db);
      const answer = await world.call(method, path, { key: ADMIN, body, headers });
      if (answer.status === 503) expect(answer.json.error.code).toBe('temporal-away');
      else expectSound(answer, `${method} ${path} as ${type} ${encoding}`);
      if (answer.status >= 400) expect(await countsOf(world.deps.db)).toEqual(before);
    });
  });

  it('in UTF-16 or UTF-32 is refused', async () => {
    const text = '{"userId":"ada","event":"A"}';
    for (const body of [
      Buffer.from(text, 'utf16le'),
      Buffer.from(`\ufeff${text}`, 'utf16le'),
      Buffer.from(text, 'utf16le').swap16(),
      Buffer.from(Array.from(Buffer.from(text)).flatMap((byte) => [0, 0, 0, byte])),
    ]) {
      expect(await refused({ path: '/v1/track', body })).toBe(400);
    }
  });
});
