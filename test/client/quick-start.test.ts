import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createThroughlineClient } from '../../src/client';
import { readConfig } from '../../src/config';
import { start, type RunningApiRole } from '../../src/roles/api';
import { startEngine, type Engine } from '../support/engine';

const KEYS = { write: 'write-key-1', admin: 'admin-key-1' };

let engine: Engine;
let api: RunningApiRole;
const sent: unknown[] = [];

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

/** The requests that the README's curl commands send. */
function requestsInReadme(): readonly unknown[] {
  const readme = readFileSync(path.join(__dirname, '..', '..', 'README.md'), 'utf8');
  const commands = readme.matchAll(
    /curl (?:-X (\w+) )?-u \S+ localhost:3000(\S+)(?:[^\n]*\\\n[^\n]*?)-d '([^']+)'/g,
  );
  return [...commands].map(([, method = 'POST', address, body = '']) => {
    return [method, address, JSON.parse(body)];
  });
}

function clientWith(key: string) {
  return createThroughlineClient({
    url: api.url,
    key,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const { pathname } = new URL(request.url);
      if (request.method !== 'GET') {
        sent.push([request.method, pathname, await request.clone().json()]);
      }
      return fetch(request);
    },
  });
}

it("runs the README's quick start", async () => {
  const shop = clientWith(KEYS.write);
  const admin = clientWith(KEYS.admin);

  const identified = await shop.POST('/v1/identify', {
    body: { userId: 'ada', traits: { email: 'ada@example.com', first_name: 'Ada' } },
  });
  expect(identified.data).toEqual({ success: true });
  const tracked = await shop.POST('/v1/track', {
    body: {
      userId: 'ada',
      event: 'Order Completed',
      properties: { order_id: 'o-1', total: 120 },
    },
  });
  expect(tracked.data).toEqual({ success: true });

  // The mail that this leads to, and why.
  const ada = { params: { path: { id: 'ada' } } };
  const decision = await engine.until('the order confirmation', async () => {
    const { data } = await admin.GET('/v1/customers/{id}/decisions', ada);
    return data?.decisions.find(({ message }) => message?.sentAt);
  });
  expect([decision.outcome, decision.channel, decision.purpose]).toEqual([
    'send',
    'email',
    'transactional',
  ]);

  const consented = await admin.PUT('/v1/customers/{id}/consents', {
    ...ada,
    body: { channel: 'email', purpose: 'offers', state: 'subscribed', source: 'sign-up form' },
  });
  expect(consented.data?.consents).toEqual([
    expect.objectContaining({ channel: 'email', purpose: 'offers', state: 'subscribed' }),
  ]);
  expect(sent).toEqual(requestsInReadme());
});

it('returns the error of a rejected call', async () => {
  const { data, error, response } = await clientWith(KEYS.write).GET('/v1/customers/{id}', {
    params: { path: { id: 'ada' } },
  });
  expect(data).toBeUndefined();
  expect(response.status).toBe(403);
  expect(error?.error.code).toBe('key-not-allowed');
});
