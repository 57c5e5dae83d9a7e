import { Analytics } from '@segment/analytics-node';
import { sql } from 'kysely';
import { readConfig } from '../../src/config';
import { start, type RunningApiRole } from '../../src/roles/api';
import { startEngine, type Engine } from '../support/engine';

/** A session of the real Segment client: from HTTP through journeys to mail. */
const KEYS = { write: 'write-key-1', admin: 'admin-key-1' };

let engine: Engine;
let api: RunningApiRole;

beforeAll(async () => {
  engine = await startEngine();
  api = await start(
    engine.services,
    readConfig({
      PORT: '0',
      HOST: '127.0.0.1',
      THROUGHLINE_WRITE_KEY: KEYS.write,
      THROUGHLINE_ADMIN_KEY: KEYS.admin,
    }),
  );
});
afterAll(async () => {
  await api.stop();
  await engine.stop();
});

async function get(path: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`${api.url}${path}`, {
    headers: { authorization: `Bearer ${KEYS.admin}` },
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Record<string, unknown>;
}

it('accepts a session with all types of calls, and sends the mail', async () => {
  const errors: unknown[] = [];
  const analytics = new Analytics({ writeKey: KEYS.write, host: api.url, maxEventsInBatch: 4 });
  analytics.on('error', (error) => errors.push(error));
  const anonymousId = 'browser-1';
  analytics.page({ anonymousId, category: 'Docs', name: 'Start', properties: { path: '/start' } });
  analytics.track({ anonymousId, event: 'Product Viewed', properties: { product_id: 'p1' } });
  analytics.identify({
    userId: 'grace',
    anonymousId,
    traits: { email: 'grace@customers.example', first_name: 'Grace', timezone: 'Europe/Berlin' },
  });
  // Concurrent requests may arrive in either order, and until profiles are
  // merged a browser belongs to the first person that names it.
  await analytics.flush();
  analytics.group({ userId: 'grace', groupId: 'g1', traits: { name: 'Initech' } });
  analytics.screen({ userId: 'grace', name: 'Cart' });
  analytics.alias({ userId: 'grace', previousId: 'old-grace' });
  analytics.track({
    userId: 'grace',
    event: 'Order Completed',
    properties: { order_id: 'o-9', total: 12, products: [{ name: 'Tea', quantity: 2 }] },
  });
  await analytics.closeAndFlush();
  expect(errors).toEqual([]);

  const timeline = (await get('/v1/customers/grace/timeline')) as {
    items: { kind: string; event?: string; messageId?: string }[];
  };
  const events = timeline.items.filter(({ kind }) => kind === 'event');
  expect(events.map(({ event = '' }) => event).toSorted((a, b) => a.localeCompare(b))).toEqual([
    'Alias',
    'Group',
    'Identify',
    'Order Completed',
    'Page',
    'Product Viewed',
    'Screen',
  ]);
  expect(events.every(({ messageId }) => typeof messageId === 'string')).toBe(true);
  const mail = await engine.until('the mail', () =>
    Promise.resolve(engine.smtp.mails.find(({ rcpt }) => rcpt[0] === 'grace@customers.example')),
  );
  expect(mail.subject).toContain('o-9');
  const profile = await get('/v1/customers/old-grace');
  expect(profile['timeZone']).toBe('Europe/Berlin');
});

it('writes no personal data into a history', async () => {
  const { rows } = await sql<{ id: string; journey: string }>`
    select id, journey from enrollments`.execute(engine.services.db);
  expect(rows.length).toBeGreaterThan(0);
  for (const { id, journey } of rows) {
    const history = await engine.client.workflow.getHandle(`${journey}/${id}`).fetchHistory();
    const text = JSON.stringify(history, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString() : value,
    );
    expect(text).not.toMatch(/grace|customers\.example|Grace/);
  }
});

it('serves operators over HTTP: pause, resume, exit, why', async () => {
  const { enrollments } = (await get('/v1/customers/grace/enrollments')) as {
    enrollments: { id: string; journey: string; status: string }[];
  };
  const sleeping = enrollments.find(({ journey }) => journey === 'winBack');
  const operate = (what: string) =>
    fetch(`${api.url}/v1/enrollments/${sleeping?.id}/${what}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEYS.admin}`, 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'asked us to' }),
    });
  expect((await operate('pause')).status).toBe(200);
  expect((await operate('resume')).status).toBe(200);
  expect((await operate('exit')).status).toBe(200);
  await engine.until('the exit', async () => {
    const answer = (await get(`/v1/enrollments/${sleeping?.id}`)) as { status?: string };
    return answer.status === 'exited';
  });
  expect((await operate('pause')).status).toBe(409);
});
