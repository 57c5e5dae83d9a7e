import { connect, type Connection } from '../../../src/db/connect';
import { newId } from '../../../src/db/new-id';
import { createAddressHasher } from '../../../src/db/stores/address-hash';
import * as messages from '../../../src/db/stores/messages';
import { inTransaction } from '../../../src/db/transaction';
import { environment } from '../../support/engine';
import { cloneDatabase } from '../../support/stack';
import cases from './message-status.json';

const AT = new Date('2026-06-03T12:00:00Z');

let database: Awaited<ReturnType<typeof cloneDatabase>>;
let connection: Connection;

beforeAll(async () => {
  database = await cloneDatabase(environment('TEST_POSTGRES_URL'), 'throughline_template');
  connection = connect(database.url, 1);
});
afterAll(async () => {
  await connection.close();
  await database.drop();
});

async function decidedMessage(): Promise<string> {
  const [customer, id] = [newId(), newId()];
  const { db } = connection;
  const common = { customer_id: customer, journey: 'winBack' };
  await db
    .insertInto('customers')
    .values({ id: customer, traits: '{}', created_at: AT, updated_at: AT })
    .execute();
  await db
    .insertInto('enrollments')
    .values({
      ...common,
      id,
      key: '',
      status: 'active',
      subscriptions: [],
      holdout: false,
      priority: 3,
      entered_at: AT,
      entered_seq: 1,
      starts_at: AT,
    })
    .execute();
  const intent = { enrollment_id: id, step: 0, template: 't', purpose: 'offers', tags: [] };
  await db
    .insertInto('decisions')
    .values({
      ...common,
      ...intent,
      id,
      priority: 'normal',
      outcome: 'send',
      reason: 'chosen',
      candidates: '[]',
      basis: '{}',
      variant: '{}',
      deferrals: '[]',
      first_at: AT,
      decided_at: AT,
    })
    .execute();
  const content = { channel: 'email', subject: 's', html: '', text: '' };
  await messages
    .insertMessage(db, {
      ...common,
      ...intent,
      id,
      decision_id: id,
      variant: '{}',
      channel: 'email',
      provider: 'smtp',
      address: 'ada@customers.example',
      content: JSON.stringify(content),
      status: 'decided',
      cost: 0,
      decided_at: AT,
    })
    .execute();
  return id;
}

const claimant = {
  provider: 'smtp',
  worker: 'test',
  hasher: createAddressHasher(['a-secret-of-more-than-thirty-characters']),
};

const STEPS: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
  claim: (id) => messages.claimMessage(connection.db, id, claimant, AT),
  release: (id) => messages.releaseClaim(connection.db, id),
  sent: (id) =>
    messages.markSent(connection.db, {
      messageId: id,
      attempt: 1,
      at: AT,
      response: '250 OK',
      providerMessageId: 'provider-1',
    }),
  withdraw: (id) => messages.withdrawMessage(connection.db, id, 'withdrawn'),
  delivered: (id) => messages.recordDelivered(id, AT).execute(connection.db),
  bounced: (id) => inTransaction(connection.db, (tx) => messages.recordBounced(tx, id)),
  opened: (id) => inTransaction(connection.db, (tx) => messages.recordOpened(tx, id, AT)),
  clicked: (id) => inTransaction(connection.db, (tx) => messages.recordClicked(tx, id, AT)),
  abandon: async (id) => {
    const { customer_id } = await rowOf(id);
    await messages.abandonDeliveries(connection.db, customer_id);
  },
};

const rowOf = (id: string) =>
  connection.db.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

it.each(cases)('is $status after $steps', async ({ steps, status }) => {
  const id = await decidedMessage();
  for (const step of steps) await STEPS[step]?.(id);
  const row = await rowOf(id);
  expect(row.status).toBe(status);
  // The provider's id is kept even where its report overtook its answer.
  const wasSent = steps.includes('claim') && steps.includes('sent');
  expect(row.provider_message_id).toBe(wasSent ? 'provider-1' : null);
});
