import { sql } from 'kysely';
import { DateTime } from 'luxon';
import { createEventMonths } from '../../src/db/event-months';
import { dropOldEvents } from '../../src/privacy/drop-old-events';
import { emptyOldMessages } from '../../src/privacy/empty-old-messages';
import { ADMIN, startApiWorld, WRITE, type ApiWorld } from '../api/api-world';

let world: ApiWorld;

beforeAll(async () => {
  world = await startApiWorld();
});

afterAll(() => world.stop());

const beat = () => undefined;

async function track(at: string, event: string, messageId?: string): Promise<void> {
  world.time.now = new Date(at);
  await world.call('POST', '/v1/track', {
    key: WRITE,
    body: { userId: 'ada', event, ...(messageId !== undefined && { messageId }) },
  });
}

it('drops whole months of events, and keeps their totals', async () => {
  const { db } = world.deps;
  await createEventMonths(db)(new Date('2023-01-10T00:00:00Z'));
  await track('2024-01-05T10:00:00Z', 'Walked', 'walk-1');
  await track('2024-01-31T23:00:00Z', 'Walked');
  await track('2024-02-01T00:30:00Z', 'Walked');
  await track('2026-03-02T10:00:00Z', 'Walked');
  const now = world.time.now;
  const result = await dropOldEvents(db, new Date('2024-02-15T00:00:00Z'), now, beat);
  expect(result.droppedMonths).toEqual(['2023-01', '2024-01']);
  const { rows } = await sql<{ count: number }>`select count(*) from events`.execute(db);
  expect(rows).toEqual([{ count: 2 }]);
  const totals = await db.selectFrom('event_totals').selectAll().execute();
  expect(totals).toMatchObject([{ name: 'Walked', type: 'track', events: 2, customers: 1 }]);
  const known = await db
    .selectFrom('event_ids')
    .select('message_id')
    .where('message_id', '=', 'walk-1')
    .execute();
  expect(known).toEqual([]);
  // Once more, there is nothing left to do.
  const again = await dropOldEvents(db, new Date('2024-02-15T00:00:00Z'), now, beat);
  expect(again.droppedMonths).toEqual([]);
});

it('takes the content and the addresses of old messages, and leaves the rows', async () => {
  const { db } = world.deps;
  const { json: profile } = await world.call('GET', '/v1/customers/ada', { key: ADMIN });
  const now = world.time.now;
  const ages = [10, 300, 500];
  for (const days of ages) await message(profile.id, `m-${days}`, ago(now, days));
  const until = ago(now, 400);
  expect(await emptyOldMessages(db, until, now, beat)).toMatchObject({ emptiedMessages: 1 });
  const rows = await db
    .selectFrom('messages')
    .select(['id', 'address', 'content', 'error', 'cost'])
    .orderBy('id')
    .execute();
  expect(rows).toMatchObject([
    { id: 'm-10', address: 'ada@shop.example' },
    { id: 'm-300', address: 'ada@shop.example' },
    { id: 'm-500', address: '', content: {}, error: 'refused', cost: 0.5 },
  ]);
  // The next day's run looks at one more day only.
  const tomorrow = await emptyOldMessages(db, ago(now, 299), now, beat);
  expect(tomorrow).toMatchObject({ emptiedMessages: 1 });
  const { json } = await world.call('GET', '/v1/privacy/retention', { key: ADMIN });
  expect(json.runs[0]).toMatchObject({ kind: 'messages', detail: { emptiedMessages: 1 } });
});

function ago(now: Date, days: number): Date {
  return DateTime.fromJSDate(now).minus({ days }).toJSDate();
}

async function message(customerId: string, id: string, at: Date): Promise<void> {
  await sql`
    with e as (
      insert into enrollments (id, customer_id, journey, key, status, subscriptions, holdout, priority,
        entered_at, entered_seq, starts_at)
      values (${`e-${id}`}, ${customerId}, 'onOrder', '', 'completed', '{}', false, 3, ${at}, 1, ${at})
      returning id),
    d as (
      insert into decisions (id, customer_id, enrollment_id, journey, step, template, purpose,
        priority, outcome, reason, candidates, basis, variant, tags, deferrals, first_at, decided_at)
      select ${`d-${id}`}, ${customerId}, id, 'onOrder', 1, 't', 'offers', 'normal', 'send', 'chosen',
        '[]', '{}', '{}', '{}', '[]', ${at}, ${at} from e returning id, enrollment_id)
    insert into messages (id, decision_id, customer_id, enrollment_id, journey, step, template,
      variant, tags, purpose, channel, address, content, status, error, cost, decided_at)
    select ${id}, id, ${customerId}, enrollment_id, 'onOrder', 1, 't', '{}', '{}', 'offers', 'email',
      'ada@shop.example', '{"text": "Hello Ada"}', 'failed', 'refused: no such Ada', 0.5, ${at}
    from d`.execute(world.deps.db);
}
