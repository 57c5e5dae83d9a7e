import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter } from '@temporalio/client';
import { connect } from '../../src/db/connect';
import { codecFromKeys } from '../../src/privacy/codec-from-keys';
import { ADMIN, openApi, READ, startApiWorld, call, type ApiWorld } from './api-world';

const KEYS = `k1:${randomBytes(32).toString('base64')}`;
const UI = 'https://temporal.shop.example';

let world: ApiWorld;
let url: string;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  world = await startApiWorld();
  const codec = codecFromKeys(KEYS, world.deps.db);
  const api = await openApi({ ...world.deps, codec, codecOrigins: [UI] });
  stops.push(() => api.close());
  url = `http://127.0.0.1:${api.port}`;
});

afterAll(async () => {
  for (const stop of stops) await stop();
  await world.stop();
});

/** A payload as the Web UI sends it. */
function sent(value: unknown) {
  const { metadata = {}, data } = defaultPayloadConverter.toPayload(value);
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([name, bytes]) => [name, text(bytes)]),
    ),
    data: text(data ?? new Uint8Array()),
  };
}

const post = (way: string, body: unknown, headers: Record<string, string> = {}, key = ADMIN) =>
  call(url, 'POST', `/codec/${way}`, { key, body, headers });

it('decodes what it has encoded', async () => {
  const payloads = [sent({ cart: 'of Ada' }), sent(7)];
  const encoded = await post('encode', { payloads });
  expect(encoded.status).toBe(200);
  expect(encoded.text).not.toContain(payloads[0]?.data);
  const decoded = await post('decode', encoded.json);
  expect(decoded.json).toEqual({ payloads });
});

it('returns plain payloads unchanged, and marks those that cannot be decrypted', async () => {
  const encoded = await post('encode', { payloads: [sent('a')] });
  const [broken] = encoded.json.payloads;
  const other = { ...broken, data: Buffer.from('nonsense').toString('base64') };
  const gone = {
    metadata: {
      encoding: Buffer.from('binary/encrypted').toString('base64'),
      'encryption-key-id': Buffer.from('enrollment:gone').toString('base64'),
    },
    data: broken.data,
  };
  const { json } = await post('decode', { payloads: [sent('plain'), other, gone] });
  const words = json.payloads.map((each: { data: string }) =>
    Buffer.from(each.data, 'base64').toString(),
  );
  expect(words).toEqual(['"plain"', '"[cannot be decrypted]"', '"[erased]"']);
});

it('answers the pages of its origins, and no others', async () => {
  const origin = { origin: UI };
  const asked = {
    ...origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type,x-namespace',
  };
  const preflight = await call(url, 'OPTIONS', '/codec/decode', { headers: asked });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-origin')).toBe(UI);
  expect(preflight.headers.get('access-control-allow-headers')).toMatch(/x-namespace/i);
  const answered = await post('decode', { payloads: [] }, origin);
  expect(answered.headers.get('access-control-allow-origin')).toBe(UI);
  expect(answered.headers.get('access-control-allow-credentials')).toBe('true');
  const stranger = await post('decode', { payloads: [] }, { origin: 'https://evil.example' });
  expect(stranger.status).toBe(403);
  expect(stranger.headers.get('access-control-allow-origin')).toBeNull();
});

it('requires a key with the role, and a valid body', async () => {
  expect((await call(url, 'POST', '/codec/decode', { body: { payloads: [] } })).status).toBe(401);
  expect((await post('decode', { payloads: [] }, {}, READ)).status).toBe(403);
  expect((await post('decode', { payloads: 'x' })).status).toBe(400);
  expect((await call(world.url, 'POST', '/codec/decode', { key: ADMIN })).status).toBe(404);
});

it('answers with an error while the database is unavailable', async () => {
  const away = connect('postgres://nobody@127.0.0.1:1/none', 1);
  stops.push(() => away.close());
  const codec = codecFromKeys(KEYS, away.db);
  const api = await openApi({ ...world.deps, codec, codecOrigins: [UI] });
  stops.push(() => api.close());
  const gone = {
    metadata: {
      encoding: Buffer.from('binary/encrypted').toString('base64'),
      'encryption-key-id': Buffer.from('enrollment:x').toString('base64'),
    },
    data: '',
  };
  const answer = await call(`http://127.0.0.1:${api.port}`, 'POST', '/codec/decode', {
    key: ADMIN,
    body: { payloads: [gone] },
  });
  expect(answer.status).toBe(503);
});
