import { Client } from 'pg';
import { newId } from '../../../src/db/new-id';
import { createAddressHasher } from '../../../src/db/stores/address-hash';
import type { Services } from '../../../src/compose';
import { eraseRows } from '../../../src/privacy/erase-rows';
import { inTransaction } from '../../../src/db/transaction';
import { composeServices, type TestServices } from '../../support/services';
import { recomputeDecisions } from '../../support/stack/recompute-decisions';

const NOW = Date.UTC(2026, 5, 3, 12);

let composed: TestServices;
let services: Services;
let client: Client;

beforeAll(async () => {
  composed = await composeServices({ clock: { now: () => new Date(NOW) } });
  services = composed.processes[0];
  client = new Client({ connectionString: services.databaseUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await composed.close();
});

/** Decides one marketing mail to a new customer. */
async function decided(name: string, zone: string, props: { readonly arm?: string }) {
  const [customerId, enrollmentId] = [newId(), newId()];
  const created = new Date(NOW - 3_600_000);
  const traits = { email: `${name}@customers.example`, first_name: name };
  await services.db
    .insertInto('customers')
    .values({
      id: customerId,
      traits: JSON.stringify(traits),
      time_zone: zone,
      created_at: created,
      updated_at: created,
    })
    .execute();
  await services.db
    .insertInto('consents')
    .values({
      customer_id: customerId,
      channel: 'email',
      purpose: 'offers',
      state: 'subscribed',
      at: created,
    })
    .execute();
  await services.db
    .insertInto('enrollments')
    .values({
      id: enrollmentId,
      customer_id: customerId,
      journey: 'winBack',
      key: '',
      status: 'active',
      subscriptions: [],
      holdout: false,
      priority: 3,
      entered_at: created,
      entered_seq: 0,
      starts_at: created,
    })
    .execute();
  const result = await services.engineActivities.send({
    decisionId: `${enrollmentId}.0`,
    enrollmentId,
    customerId,
    journey: 'winBack',
    step: 0,
    template: 'win-back-offer',
    purpose: 'offers',
    via: ['push', 'email'],
    props,
    priority: 'normal',
    value: null,
    tags: [],
    aboutEventId: null,
    exposures: [],
    now: NOW,
    overdue: false,
  });
  return { customerId, decisionId: `${enrollmentId}.0`, result };
}

it('follows from the recorded facts and policy, which contain no name or address', async () => {
  const advice = { arm: 'advice' };
  const sent = await decided('wilhelmina', 'UTC', advice);
  const waiting = await decided('theodora', 'Asia/Tokyo', advice);
  const failed = await decided('apollonia', 'UTC', {});
  const results = [sent, waiting, failed].map(({ result }) => result);
  expect(results).toMatchObject([
    { do: 'send' },
    { do: 'defer', reason: 'quiet-hours' },
    { do: 'skip', reason: 'render-failed' },
  ]);
  expect(await recomputeDecisions(client)).toEqual({ recomputed: 3, differences: [] });

  const { rows } = await client.query<{ basis: object; policy_version: string }>(
    'select basis, policy_version from decisions',
  );
  expect(JSON.stringify(rows)).not.toMatch(/wilhelmina|theodora|apollonia|@/);
  expect(new Set(rows.map((row) => row.policy_version)).size).toBe(1);

  // A decision that does not follow from its facts is reported.
  const change = (reason: string) =>
    client.query('update decisions set reason = $1 where id = $2', [reason, failed.decisionId]);
  await change('capped');
  const { differences } = await recomputeDecisions(client);
  expect(differences).toHaveLength(1);
  expect(differences[0]).toContain(failed.decisionId);
  await change('render-failed');

  // An erasure deletes the facts.
  const hasher = createAddressHasher(['a-secret-of-more-than-thirty-characters']);
  await inTransaction(services.db, (tx) =>
    eraseRows(tx, { hasher, declared: new Set() }, sent.customerId, new Date(NOW)),
  );
  expect(await recomputeDecisions(client)).toEqual({ recomputed: 2, differences: [] });
});
