import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect as openSocket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createApi, listen } from '../../src/api/server';
import { connect } from '../../src/db/connect';
import { createEventMonths } from '../../src/db/event-months';
import { indexChanges } from '../../src/profiles/change-index';
import { createIngest } from '../../src/ingest/ingest';
import { ADMIN, call, openApi, READ, startApiWorld, WRITE, type ApiWorld } from './api-world';

let world: ApiWorld;
let outbox: string;

beforeAll(async () => {
  outbox = await mkdtemp(path.join(tmpdir(), 'throughline-outbox-'));
  world = await startApiWorld({
    mailboxDirectory: outbox,
    temporalUiUrl: 'http://localhost:8233',
    limits: { requestTimeoutMs: 600 },
  });
});

afterAll(async () => {
  await world.stop();
  await rm(outbox, { recursive: true });
});

/** Sends bytes as they are and gives back everything that comes until the connection ends. */
async function speak(bytes: string): Promise<string> {
  const socket = openSocket(Number(new URL(world.url).port), '127.0.0.1');
  let heard = '';
  socket.on('data', (chunk) => (heard += chunk.toString()));
  socket.on('error', () => undefined);
  socket.write(bytes);
  await once(socket, 'close');
  return heard;
}

describe('a connection', () => {
  const head = `POST /v1/track HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${WRITE}\r\nContent-Type: application/json\r\n`;

  it('whose body stalls is closed with 408, and nothing is stored', async () => {
    const began = performance.now();
    const heard = await speak(`${head}Content-Length: 1000\r\n\r\n{"userId":"stall","event":"A"`);
    expect(heard).toMatch(/^HTTP\/1\.1 408 /);
    expect(heard).toMatch(/"code":"timeout"/);
    expect(performance.now() - began).toBeLessThan(5_000);
    const rows = await world.deps.db.selectFrom('events').select('id').execute();
    expect(rows).toEqual([]);
  });

  it('whose body arrives too slowly is closed', async () => {
    const socket = openSocket(Number(new URL(world.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
    const drops = setInterval(() => socket.write('1\r\nx\r\n'), 50);
    socket.resume();
    await once(socket, 'close');
    clearInterval(drops);
  });

  it('whose headers stall is closed', async () => {
    expect(await speak('POST /v1/track HTTP/1.1\r\nHost: x\r\n')).toMatch(/^HTTP\/1\.1 408 /);
  });

  it.each([
    ['no HTTP', 'nonsense\r\n\r\n', 400],
    ['a raw NUL in the address', 'GET /v1/\0 HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['headers of 20 KB', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['two lengths', `${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 400],
  ])('that brings %s is told so in JSON', async (_, bytes, status) => {
    const heard = await speak(bytes);
    expect(heard).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(JSON.parse(heard.slice(heard.indexOf('\r\n\r\n'))).error.message).toMatch(/.{20}/);
  });
});

describe('the server', () => {
  it('names the variable of a port that is in use', async () => {
    const port = Number(new URL(world.url).port);
    const taken = listen(createApi(world.deps), { port, host: '127.0.0.1', portVariable: 'PORT' });
    await expect(taken).rejects.toThrow(/in use.*set PORT to another/);
  });

  it('does not reveal its software, and sets security headers', async () => {
    const { headers } = await world.call('GET', '/v1/nothing');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'/);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('answers 503 with Retry-After, without internals, while the database is unavailable', async () => {
    const away = connect('postgres://nobody:secret@127.0.0.1:1/none', 1);
    const ingest = createIngest({
      db: away.db,
      index: world.index,
      changes: indexChanges({}),
      clock: world.deps.clock,
      catalogue: { events: {} } as never,
      ensureMonth: createEventMonths(away.db),
    });
    const api = await openApi({ ...world.deps, db: away.db, ingest });
    const url = `http://127.0.0.1:${api.port}`;
    const answers = [
      await call(url, 'POST', '/v1/track', { key: WRITE, body: { userId: 'u', event: 'A' } }),
      await call(url, 'GET', '/v1/customers/u', { key: READ }),
      await call(url, 'GET', '/v1/tasks', { key: READ }),
    ];
    for (const answer of answers) {
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
      expect(answer.text).not.toMatch(/ECONN|secret|127\.0\.0\.1/);
    }
    expect(answers[0]?.json.success).toBe(false);
    await api.close();
    await away.close();
  });

  it('answers 500 without internals for an unexpected error', async () => {
    const ingest = { ...world.ingest, accept: () => Promise.reject(new Error('secret detail')) };
    const api = await openApi({ ...world.deps, ingest });
    const answer = await call(`http://127.0.0.1:${api.port}`, 'POST', '/v1/track', {
      key: WRITE,
      body: {},
    });
    expect([answer.status, answer.json.success]).toEqual([500, false]);
    expect(answer.text).not.toMatch(/secret detail/);
    await api.close();
  });
});

describe('health', () => {
  it('needs no key', async () => {
    const health = await world.call('GET', '/healthz?probe=1');
    expect([health.status, health.json]).toEqual([200, { status: 'ok' }]);
    const ready = await world.call('GET', '/readyz');
    expect([ready.status, ready.json]).toEqual([200, { ready: true }]);
  });

  it('names what is missing', async () => {
    const missing = ['Temporal'];
    for (const readiness of [
      () => Promise.resolve(missing),
      () => Promise.reject(new Error('x')),
    ]) {
      const api = await openApi({ ...world.deps, readiness });
      const answer = await call(`http://127.0.0.1:${api.port}`, 'GET', '/readyz');
      expect([answer.status, answer.json]).toEqual([
        503,
        { ready: false, missing: expect.any(Array) },
      ]);
      await api.close();
    }
  });
});

describe('pages', () => {
  const ID = '0195b1de-0000-7000-8000-000000000001';

  beforeAll(async () => {
    const mail = [
      'From: Shop <shop@shop.example>',
      'To: ada@shop.example',
      'Subject: Hello <b>Ada</b>',
      'Date: Mon, 02 Mar 2026 10:00:00 +0000',
      'MIME-Version: 1.0',
      'Content-Type: text/html; charset=utf-8',
      '',
      '<p onclick="x()">Hi</p><script>alert(1)</script>',
    ].join('\r\n');
    await writeFile(path.join(outbox, `${ID}.eml`), mail);
  });

  it('start with a page that links the others', async () => {
    const { status, text } = await world.call('GET', '/');
    expect(status).toBe(200);
    expect(text).toMatch(/href="http:\/\/localhost:8233"/);
    expect(text).toMatch(/href="\/mailbox"/);
    expect(text).toMatch(/<html lang="en">/);
    expect(text).toMatch(/name="viewport"/);
  });

  it('have a style that their own policy allows', async () => {
    for (const address of ['/', '/mailbox']) {
      const { text, headers } = await world.call('GET', address);
      const style = /<style>([^]*?)<\/style>/.exec(text)?.[1] ?? '';
      const hash = createHash('sha256').update(style).digest('base64');
      expect(style).toContain('font:');
      expect(headers.get('content-security-policy')).toContain(`style-src 'sha256-${hash}'`);
    }
  });

  it('show mails escaped and in a sandbox', async () => {
    const list = await world.call('GET', '/mailbox');
    expect(list.text).toMatch(/Hello &lt;b&gt;Ada/);
    const mail = await world.call('GET', `/mailbox/${ID}`);
    expect(mail.status).toBe(200);
    expect(mail.text).not.toMatch(/<script/);
    expect(mail.text).toMatch(/<iframe[^>]+sandbox="allow-popups allow-popups-to-escape-sandbox"/);
    expect(mail.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
  });

  it.each(['none', '..%2f..%2fetc%2fpasswd', '%00', 'x'.repeat(3_000), '%E0%A4'])(
    'show no mail %s',
    async (id) => {
      const { status } = await world.call('GET', `/mailbox/${id}`);
      expect([400, 404]).toContain(status);
    },
  );

  it.each([
    ['through a proxy', { 'x-forwarded-for': '203.0.113.9' }],
    ['under another host name', { host: 'evil.example' }],
  ])('hide the mails from who comes %s without the admin key', async (_, headers) => {
    expect((await world.call('GET', '/mailbox', { headers })).status).toBe(401);
    expect((await world.call('GET', '/mailbox', { headers, key: WRITE })).status).toBe(403);
    expect((await world.call('GET', '/mailbox', { headers, key: ADMIN })).status).toBe(200);
  });

  it('have no mailbox if a mail server is configured', async () => {
    const api = await openApi({ ...world.deps, mailboxDirectory: null });
    expect((await call(`http://127.0.0.1:${api.port}`, 'GET', '/mailbox')).status).toBe(404);
    await api.close();
  });
});
