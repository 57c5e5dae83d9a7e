import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { connect, type Connection } from '../../src/db/connect';
import { freePort } from '../../src/embedded/processes/ports';
import { startTemporalDevServer } from '../../src/embedded/temporal/temporal-dev-server';
import { SEARCH_ATTRIBUTES } from '../../src/outbox/relay/search-attributes';
import { environment, until } from '../support/engine';
import { startSmtpServer, type TestSmtpServer } from '../support/smtp';
import { cloneDatabase } from '../support/stack';

// What the test leaves behind would fail a second run.
jest.retryTimes(0);

const CUSTOMERS = 250;
const WRITE_KEY = 'write-key-of-the-test';

let folder: string;
let database: Awaited<ReturnType<typeof cloneDatabase>>;
let temporal: Awaited<ReturnType<typeof startTemporalDevServer>>;
let smtp: TestSmtpServer;
let connection: Connection;
let port: number;
let system: ChildProcess | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-kill-'));
  database = await cloneDatabase(environment('TEST_POSTGRES_URL'), 'throughline_template');
  connection = connect(database.url, 4);
  port = await freePort();
  temporal = await startTemporalDevServer({
    binary: environment('TEST_TEMPORAL_CLI'),
    dbFile: join(folder, 'temporal.db'),
    port: undefined,
    uiPort: undefined,
    namespace: 'default',
    searchAttributes: SEARCH_ATTRIBUTES,
    log: () => undefined,
  });
  // Each mail is taken at once and answered late, so that a kill falls between the two.
  smtp = await startSmtpServer({
    behaviour: ({ stage }) =>
      stage === 'message'
        ? { after: new Promise((resolve) => setTimeout(resolve, 150)) }
        : 'accept',
  });
}, 120_000);

afterAll(async () => {
  await kill();
  await connection.close();
  await smtp.stop();
  await temporal.stop();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** The API, the relay and the workers in one process, as `throughline start` runs them. */
async function start(): Promise<void> {
  const log = join(folder, 'system.log');
  system = spawn(process.execPath, ['dist/src/cli/main.js', 'start'], {
    stdio: ['ignore', 'ignore', openSync(log, 'a')],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      PORT: String(port),
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: temporal.address,
      SMTP_URL: smtp.url,
      THROUGHLINE_HOME: join(folder, 'home'),
      THROUGHLINE_APP: join(__dirname, 'crash-app.js'),
      THROUGHLINE_WRITE_KEY: WRITE_KEY,
    },
  });
  const started = system;
  await until('a ready system', async () => {
    if (started.exitCode !== null) throw new Error(await readFile(log, 'utf8'));
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    return answer?.status === 200;
  });
}

async function kill(): Promise<void> {
  const killed = system;
  if (killed?.pid === undefined || killed.exitCode !== null || killed.signalCode !== null) return;
  const gone = new Promise((resolve) => killed.once('exit', resolve));
  process.kill(killed.pid, 'SIGKILL');
  await gone;
}

async function post(batch: readonly object[]): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${WRITE_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ batch }),
  });
  expect(await answer.json()).toMatchObject({ success: true });
}

const each = <T>(make: (at: number) => T) => Array.from({ length: CUSTOMERS }, (_, at) => make(at));

it('loses no enrollment and repeats only what it must when it is killed twice in 500', async () => {
  await start();
  await post(
    each((at) => ({
      type: 'identify',
      userId: `u${at}`,
      traits: { email: `u${at}@customers.example` },
    })),
  );
  await sql`
    insert into consents (customer_id, channel, purpose, state, at)
    select id, 'email', 'offers', 'subscribed', now() from customers`.execute(connection.db);
  // Both kinds in turn, so that each kill falls on some of either.
  await post(
    each((at) => `u${at}`).flatMap((userId) => [
      { type: 'track', event: 'Product Viewed', userId },
      { type: 'track', event: 'Order Completed', userId },
    ]),
  );

  for (const enough of [60, 220]) {
    await until(`${enough} mails`, () => Promise.resolve(smtp.mails.length >= enough));
    await kill();
    await start();
  }
  const counts = await patiently('the end of every enrollment', async () => {
    const { rows } = await sql<{ status: string; count: number }>`
      select status, count(*) as count from enrollments group by 1`.execute(connection.db);
    return rows.length === 1 && rows[0]?.status === 'completed' && rows;
  });
  expect(counts).toEqual([{ status: 'completed', count: 2 * CUSTOMERS }]);

  const { rows: messages } = await sql<{
    id: string;
    purpose: string;
    status: string;
    repeated: boolean;
    unknown: number;
  }>`
    select m.id, m.purpose, m.status, m.repeated,
      (select count(*) from delivery_attempts a
       where a.message_id = m.id and a.outcome = 'unknown') as unknown
    from messages m`.execute(connection.db);
  expect(messages).toHaveLength(2 * CUSTOMERS);
  const received = new Map<string, { times: number; marked: number }>();
  for (const { messageId, headers } of smtp.mails) {
    const id = (messageId ?? '').replace(/^<|@.*$/g, '');
    const seen = received.get(id) ?? { times: 0, marked: 0 };
    const marked = headers.has('x-throughline-repeat') ? 1 : 0;
    received.set(id, { times: seen.times + 1, marked: seen.marked + marked });
  }
  let repeats = 0;
  let unknowns = 0;
  for (const { id, purpose, status, repeated, unknown } of messages) {
    const { times, marked } = received.get(id) ?? { times: 0, marked: 0 };
    if (unknown > 0) unknowns += 1;
    if (purpose === 'transactional') {
      expect({ id, status, arrived: times >= 1 }).toEqual({ id, status: 'sent', arrived: true });
    } else {
      expect({ id, once: times <= 1 }).toEqual({ id, once: true });
      expect(status).toBe(unknown > 0 ? 'unknown' : 'sent');
      if (status === 'sent') expect(times).toBe(1);
    }
    if (times > 1) {
      repeats += times - 1;
      // A repeat, under the same Message-ID, only where nobody could know, and marked so.
      // All of them may be marked, where the first attempt was killed before it reached the server.
      expect({ id, repeated }).toEqual({ id, repeated: true });
      expect(marked).toBeGreaterThanOrEqual(times - 1);
      expect(unknown).toBeGreaterThanOrEqual(marked);
    }
  }
  expect([...received.keys()].filter((id) => !messages.some((m) => m.id === id))).toEqual([]);
  // The kills did fall between an answer and its recording, or this test would show nothing.
  expect(unknowns).toBeGreaterThan(0);
  console.log(`${smtp.mails.length} mails, ${unknowns} unknown outcomes, ${repeats} repeats`);
}, 600_000);

async function patiently<T>(what: string, probe: () => Promise<T | false>): Promise<T> {
  const deadline = Date.now() + 480_000;
  for (;;) {
    const found = await probe();
    if (found !== false) return found;
    if (Date.now() > deadline) throw new Error(`Waited eight minutes in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
