import { TestWorkflowEnvironment } from '@temporalio/testing';
import { createLogger } from '../../src/logger';
import type { Services } from '../../src/compose';
import { startOutboxRelay } from '../../src/roles/relay';
import { leaseLanes, releaseLanes } from '../../src/outbox/relay/lane-leases';
import { toJsonb } from '../../src/db/schema';
import { workflowIdOf } from '../../src/journey/protocol';
import { sampleApp } from '../journeys/sample-app';
import { environment, until } from '../support/engine';
import { composeServices, type TestServices } from '../support/services';

let env: TestWorkflowEnvironment;
let composed: TestServices;
let services: Services;

beforeAll(async () => {
  env = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'existing-path', path: environment('TEST_TEMPORAL_CLI') } },
  });
  composed = await composeServices({ app: sampleApp, logger: createLogger('silent') });
  services = composed.processes[0];
});
afterAll(async () => {
  await composed.close();
  await env.teardown();
});

const relay = (owner: string) =>
  startOutboxRelay(
    {
      ...services,
      client: () => Promise.resolve(env.client),
      taskQueue: 'nobody-works-here',
    },
    { searchable: false, owner },
  );

async function outbox() {
  return services.db.selectFrom('outbox').selectAll().orderBy('id').execute();
}

const track = (userId: string, event: string, properties: object) =>
  services.ingest.accept([{ type: 'track', index: 0, body: { userId, event, properties } }]);

it('wakes no workflow for an event without a subscribed enrollment', async () => {
  await track('bystander', 'Product Viewed', { product_id: 'p' });
  await track('bystander', 'A thing nobody declared', { of: 'any kind' });
  expect(await outbox()).toEqual([]);
});

it('sends the waiting signals of an enrollment in one signal, in order, after its start', async () => {
  await track('teller', 'Cart Updated', { cart_id: 'c' });
  const { id } = await services.db
    .selectFrom('enrollments')
    .select('id')
    .where('journey', '=', 'sleeper')
    .executeTakeFirstOrThrow();
  await services.db
    .updateTable('enrollments')
    .set({ subscriptions: ['Product Viewed'] })
    .where('id', '=', id)
    .execute();
  for (const product_id of ['1', '2', '3']) await track('teller', 'Product Viewed', { product_id });
  const running = await relay('one');
  await until('an empty outbox', async () => (await outbox()).length === 0);
  await running.stop();
  const { events } = await env.client.workflow.getHandle(`sleeper/${id}`).fetchHistory();
  const signals = (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => {
    const data = signal?.input?.payloads?.[0]?.data;
    return data === undefined || data === null
      ? []
      : [
          JSON.parse(Buffer.from(data).toString()) as {
            items: { event: { properties: object } }[];
          },
        ];
  });
  const told = signals.flatMap(({ items }) => items.map(({ event }) => event.properties));
  expect(told).toEqual(['1', '2', '3'].map((product_id) => ({ product_id })));
  expect(signals).toHaveLength(1);
});

it('makes a row that Temporal rejects a dead letter with its error, and sends the others', async () => {
  await track('poison', 'Cart Updated', { cart_id: 'poison' });
  await track('healthy', 'Cart Updated', { cart_id: 'healthy' });
  const poison = (await outbox()).find(({ payload }) => payload['key'] === 'poison');
  await services.db
    .updateTable('outbox')
    // A workflow type longer than Temporal accepts, one attempt before it becomes a dead letter.
    .set({ workflow_type: 'x'.repeat(2000), attempts: 9 })
    .where('id', '=', poison?.id ?? 0)
    .execute();
  const running = await relay('one');
  await until('the parked row', async () => {
    const rows = await outbox();
    return rows.length > 0 && rows.every(({ dead_lettered_at }) => dead_lettered_at !== null);
  });
  await running.stop();
  const rows = await outbox();
  expect(rows.map(({ payload }) => payload['key'])).toEqual(['poison']);
  expect(rows[0]?.last_error).toMatch(/\w+/);
  await services.db.deleteFrom('outbox').execute();
});

it('divides the lanes evenly, and takes over those of a relay that stopped', async () => {
  const { db } = services;
  expect(await leaseLanes(db, 'a')).toHaveLength(32);
  // A new relay registers itself, and the first releases the lanes beyond its share.
  expect(await leaseLanes(db, 'b')).toHaveLength(0);
  expect(await leaseLanes(db, 'a')).toHaveLength(16);
  expect(await leaseLanes(db, 'b')).toHaveLength(16);
  await releaseLanes(db, 'a');
  expect(await leaseLanes(db, 'b')).toHaveLength(32);
  await releaseLanes(db, 'b');
});

it('has no second effect when a relay is killed after sending and before deleting its rows', async () => {
  await track('again', 'Cart Updated', { cart_id: 'again' });
  const before = await outbox();
  const running = await relay('one');
  await until('an empty outbox', async () => (await outbox()).length === 0);
  await running.stop();
  // The rows reappear, as if they had not been deleted.
  for (const { id: _, ...row } of before) {
    await services.db
      .insertInto('outbox')
      .values({ ...row, payload: toJsonb(row.payload) })
      .execute();
  }
  const second = await relay('two');
  await until('an empty outbox', async () => (await outbox()).length === 0);
  await second.stop();
  expect(before.length).toBeGreaterThan(0);
  for (const { workflow_type, enrollment_id } of before) {
    const handle = env.client.workflow.getHandle(workflowIdOf(workflow_type, enrollment_id));
    expect((await handle.describe()).status.name).toBe('RUNNING');
  }
});
