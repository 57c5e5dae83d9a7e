import { randomBytes } from 'node:crypto';
import { Client, defaultPayloadConverter } from '@temporalio/client';
import { codecFromKeys } from '../../src/privacy/codec-from-keys';
import { eraseCustomer } from '../../src/privacy/erasure';
import { parseKeyring } from '../../src/privacy/payload-keys';
import { workflowIdOf } from '../../src/journey/protocol';
import { WRITE } from '../api/api-world';
import { until } from '../support/engine';
import { readable, startPrivacyWorld, type PrivacyWorld } from './privacy-world';

jest.setTimeout(180_000);

const OLD = `old:${randomBytes(32).toString('base64')}`;
const NEW = `new:${randomBytes(32).toString('base64')}`;

let world: PrivacyWorld;

beforeAll(async () => {
  world = await startPrivacyWorld({ settings: { payloadKeys: OLD } });
}, 120_000);

afterAll(() => world.stop(), 60_000);

/** A cart that waits, and its workflow. */
async function cart(userId: string, cartId: string) {
  const body = { userId, event: 'Cart Updated', properties: { cart_id: cartId } };
  await world.call('POST', '/v1/track', body, WRITE);
  const { json } = await world.call('GET', `/v1/customers/${userId}/enrollments`);
  const enrollment = json.enrollments.find((each: { key: string }) => each.key === cartId);
  const workflowId = workflowIdOf('abandonedCart', enrollment.id);
  await until('the cart to wait', async () => {
    const { json: live } = await world.call('GET', `/v1/enrollments/${enrollment.id}`);
    return live.live?.state === 'waiting';
  });
  return { enrollmentId: enrollment.id as string, customerId: json.customerId, workflowId };
}

async function historyOf(workflowId: string): Promise<string> {
  return readable(await world.client.workflow.getHandle(workflowId).fetchHistory());
}

const payload = (value: unknown) => defaultPayloadConverter.toPayload(value);

it('keeps payloads in Temporal encrypted, each under the key of its enrollment', async () => {
  const { workflowId, enrollmentId } = await cart('ada', 'cart-of-ada');
  const history = await historyOf(workflowId);
  expect(history).not.toContain('cart-of-ada');
  expect(history).not.toContain('customerId');
  expect(history).toContain('binary/encrypted');
  expect(history).toContain(`enrollment:${enrollmentId}`);
  // An event reaches the journey by a signal that is encrypted too, and it reads it.
  await world.call(
    'POST',
    '/v1/track',
    { userId: 'ada', event: 'Cart Emptied', properties: { cart_id: 'cart-of-ada' } },
    WRITE,
  );
  await until('the journey to end', async () => {
    const { json } = await world.call('GET', `/v1/enrollments/${enrollmentId}`);
    const described = await world.client.workflow.getHandle(workflowId).describe();
    return json.status === 'exited' && described.status.name === 'COMPLETED';
  });
  expect(await historyOf(workflowId)).not.toContain('Cart Emptied');
});

it('goes on with a journey that began before it was turned on', async () => {
  const { workflowId, enrollmentId } = await cart('bob', 'cart-of-bob');
  const plain = new Client({ connection: world.client.connection });
  const item = { seq: Number.MAX_SAFE_INTEGER, effect: 'exit', reason: 'said in plain words' };
  await plain.workflow.getHandle(workflowId).signal('routed', { v: 1, items: [item] });
  expect(await world.client.workflow.getHandle(workflowId).result()).toMatchObject({
    status: 'exited',
    reason: 'said in plain words',
  });
  expect(await historyOf(workflowId)).toContain(`enrollment:${enrollmentId}`);
});

it('reads with an old key and writes with the new one, and wraps keys anew', async () => {
  const { db } = world.services;
  const { workflowId, enrollmentId } = await cart('cleo', 'cart-of-cleo');
  const context = { type: 'workflow', namespace: 'default', workflowId } as const;
  const before = codecFromKeys(OLD, db);
  const after = codecFromKeys(`${NEW},${OLD}`, db);
  const [ours] = (await before?.encode([payload('secret')], context)) ?? [];
  const [system] = (await before?.encode([payload('of the engine')])) ?? [];
  const decoded = await after?.decode([ours ?? {}, system ?? {}]);
  expect(decoded?.map((each) => defaultPayloadConverter.fromPayload(each))).toEqual([
    'secret',
    'of the engine',
  ]);
  const { wrapped } = await db
    .selectFrom('payload_keys')
    .select('wrapped')
    .where('enrollment_id', '=', enrollmentId)
    .executeTakeFirstOrThrow();
  expect(wrapped).toMatch(/^new:/);
  const [written] = (await after?.encode([payload('later')])) ?? [];
  expect(Buffer.from(written?.metadata?.['encryption-key-id'] ?? []).toString()).toBe('master:new');
  // A process that has not been told of the new key says which one is missing.
  await expect(before?.decode([written ?? {}])).rejects.toThrow(/under the key 'new'/);
});

it('refuses a payload that was changed, or put in the place of another', async () => {
  const codec = codecFromKeys(OLD, world.services.db);
  const one = await cart('dora', 'cart-1');
  const two = await cart('dora', 'cart-2');
  const contextOf = (workflowId: string) =>
    ({ type: 'workflow', namespace: 'default', workflowId }) as const;
  const [first] = (await codec?.encode([payload('mine')], contextOf(one.workflowId))) ?? [];
  const [second] = (await codec?.encode([payload('yours')], contextOf(two.workflowId))) ?? [];
  const changed = Buffer.from(first?.data ?? []);
  changed[20] = (changed[20] ?? 0) ^ 1;
  await expect(codec?.decode([{ ...first, data: changed }])).rejects.toThrow();
  const swapped = { ...first, data: second?.data ?? new Uint8Array() };
  await expect(codec?.decode([swapped])).rejects.toThrow();
});

it('shreds with an erasure what a backup of Temporal still holds', async () => {
  const { db, erasure } = world.services;
  const { workflowId } = await cart('emil', 'cart-of-emil');
  const history = await world.client.workflow.getHandle(workflowId).fetchHistory();
  const [input] =
    history.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  const backup = [{ metadata: input?.metadata ?? {}, data: input?.data ?? new Uint8Array() }];
  expect(readable(await codecFromKeys(OLD, db)?.decode(backup))).toContain('cart-of-emil');
  const { json } = await world.call('GET', '/v1/customers/emil');
  await eraseCustomer(erasure, json.id, 'test');
  await expect(codecFromKeys(OLD, db)?.decode(backup)).rejects.toThrow(/erased/);
  // No key is made anew for it.
  const context = { type: 'workflow', namespace: 'default', workflowId } as const;
  const [late] = (await codecFromKeys(OLD, db)?.encode([payload('late')], context)) ?? [];
  expect(Buffer.from(late?.metadata?.['encryption-key-id'] ?? []).toString()).toBe('master:old');
});

it('tells what a set of keys lacks', () => {
  for (const wrong of ['', 'a', 'a:short', `${OLD},${OLD}`, `${OLD},`]) {
    expect(() => parseKeyring(wrong)).toThrow(/openssl rand/);
  }
});
