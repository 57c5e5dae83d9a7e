import { toJsonb } from '../../src/db/schema';
import { newId } from '../../src/db/new-id';
import { explainCustomer } from '../../src/reporting/explain';
import { ADMIN, openTask, READ, startApiWorld, WRITE, type ApiWorld } from './api-world';

let world: ApiWorld;
let customerId: string;
let enrollmentId: string;

beforeAll(async () => {
  world = await startApiWorld();
  await world.call('POST', '/v1/identify', {
    key: WRITE,
    body: { userId: 'ada', traits: { email: 'ada@shop.example' } },
  });
  customerId = (await get('/v1/customers/ada')).json.id;
  const entered = await world.call('POST', '/v1/journeys/onDemand/enrollments', {
    key: WRITE,
    body: { userId: 'ada' },
  });
  enrollmentId = entered.json.enrollmentId;
});

afterAll(() => world.stop());

const get = (path: string, key = READ) => world.call('GET', path, { key });
const post = (path: string, body: unknown = {}, key = ADMIN) =>
  world.call('POST', path, { key, body });

describe('tasks', () => {
  async function task(kind = 'call'): Promise<string> {
    const id = `${newId()}.1`;
    await openTask(world, { id, customerId, enrollmentId, kind });
    return id;
  }

  async function completions(id: string): Promise<readonly object[]> {
    const rows = await world.deps.db
      .selectFrom('events')
      .select('properties')
      .where('name', '=', 'Task Completed')
      .execute();
    return rows.map(({ properties }) => properties).filter((each) => each['task_id'] === id);
  }

  it('are listed by status, kind and journey', async () => {
    const id = await task('visit');
    const { json } = await get('/v1/tasks?status=open&kind=visit&journey=onDemand');
    expect(json.tasks).toMatchObject([{ id, title: 'Call Ada', status: 'open', customerId }]);
    expect((await get('/v1/tasks?status=done')).status).toBe(400);
    expect((await get('/v1/tasks?kind=%00')).status).toBe(400);
    expect((await get('/v1/tasks', WRITE)).status).toBe(403);
  });

  it('are claimed by one person, released, and completed with an event', async () => {
    const id = await task();
    expect((await post(`/v1/tasks/${id}/claim`, { assignee: 'max' })).json).toMatchObject({
      status: 'claimed',
      assignee: 'max',
    });
    expect((await post(`/v1/tasks/${id}/claim`, { assignee: 'max' })).status).toBe(200);
    const taken = await post(`/v1/tasks/${id}/claim`, { assignee: 'eva' });
    expect([taken.status, taken.json.error.message]).toEqual([
      409,
      expect.stringMatching(/claimed by max/),
    ]);
    expect((await post(`/v1/tasks/${id}/release`)).json).toMatchObject({
      status: 'open',
      assignee: null,
    });
    expect((await post(`/v1/tasks/${id}/claim`, { assignee: 'eva' })).status).toBe(200);
    const done = await post(`/v1/tasks/${id}/complete`, { outcome: 'reached', notes: 'likes it' });
    expect(done.json).toMatchObject({ status: 'completed', outcome: 'reached', notes: 'likes it' });
    expect(await completions(id)).toEqual([{ task_id: id, kind: 'call', outcome: 'reached' }]);
    for (const [verb, body] of [
      ['complete', { outcome: 'again' }],
      ['claim', { assignee: 'x' }],
      ['release', {}],
    ] as const) {
      expect((await post(`/v1/tasks/${id}/${verb}`, body)).status).toBe(409);
    }
    expect(await completions(id)).toHaveLength(1);
  });

  it('are claimed by one of many concurrent requests', async () => {
    const id = await task();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, at) => post(`/v1/tasks/${id}/claim`, { assignee: `p${at}` })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200,
      ...Array(7).fill(409),
    ]);
  });

  it('record no event if they were cancelled', async () => {
    const id = await task();
    await world.deps.db
      .updateTable('tasks')
      .set({ status: 'cancelled' })
      .where('id', '=', id)
      .execute();
    expect((await post(`/v1/tasks/${id}/complete`, { outcome: 'reached' })).status).toBe(409);
    expect(await completions(id)).toEqual([]);
  });

  it.each([
    ['claim', {}, 400],
    ['claim', { assignee: '' }, 400],
    ['claim', { assignee: 7 }, 400],
    ['complete', {}, 400],
    ['complete', { outcome: 'x'.repeat(201) }, 400],
    ['complete', 'nonsense', 400],
  ])('refuse to %s with %j', async (verb, body, status) => {
    expect((await post(`/v1/tasks/${await task()}/${verb}`, body)).status).toBe(status);
    const valid = verb === 'claim' ? { assignee: 'a' } : { outcome: 'b' };
    expect((await post(`/v1/tasks/none/${verb}`, valid)).status).toBe(404);
    expect((await post(`/v1/tasks/none/${verb}`, {}, READ)).status).toBe(403);
  });
});

describe('a dead letter', () => {
  it('is listed, and retried by the relay', async () => {
    const { db } = world.deps;
    const parked = {
      workflow_type: 'onDemand',
      customer_id: customerId,
      enrollment_id: enrollmentId,
      lane: 0,
      created_at: world.time.now,
      available_at: world.time.now,
      attempts: 10,
      last_error: 'it broke',
      dead_lettered_at: world.time.now,
    };
    const [signal] = await db
      .insertInto('outbox')
      .values([
        { ...parked, kind: 'signal', payload: toJsonb({ seq: 5, effect: 'event' }) },
        { ...parked, kind: 'start', payload: toJsonb({ v: 1 }) },
      ])
      .returning('id')
      .execute();
    const { json } = await get('/v1/dead-letters', ADMIN);
    expect(json.rows).toMatchObject([
      { kind: 'signal', error: 'it broke', attempts: 10 },
      { kind: 'start' },
    ]);
    expect((await get('/v1/dead-letters?limit=1', ADMIN)).json).toMatchObject({
      rows: [{}],
      next: signal?.id,
    });
    expect((await post('/v1/dead-letters/retry', { ids: [signal?.id] })).json).toEqual({
      retried: 1,
    });
    expect((await post('/v1/dead-letters/retry')).json).toEqual({ retried: 1 });
    const rows = await db
      .selectFrom('outbox')
      .select(['payload', 'attempts', 'dead_lettered_at'])
      .where('last_error', '=', 'it broke')
      .orderBy('id')
      .execute();
    expect(rows).toEqual([
      { payload: { seq: 5, effect: 'event', late: true }, attempts: 0, dead_lettered_at: null },
      { payload: { v: 1 }, attempts: 0, dead_lettered_at: null },
    ]);
  });

  it.each([[{ ids: ['x'] }], [{ ids: [] }], [{ ids: [1e300] }], [{ ids: 'all' }]])(
    'is not retried for %j',
    async (body) => {
      expect((await post('/v1/dead-letters/retry', body)).status).toBe(400);
      expect((await post('/v1/dead-letters/retry', {}, READ)).status).toBe(403);
    },
  );
});

describe('decisions, messages and the inbox', () => {
  const messageId = newId();

  beforeAll(async () => {
    const { db } = world.deps;
    const policy = {
      v: 1,
      caps: [{ name: 'weekly', max: 3, window: '7 days' }],
      quietHours: [],
      defaultZone: 'UTC',
    };
    await db
      .insertInto('policies')
      .values({ version: 'weekly', policy: toJsonb(policy), stored_at: world.time.now })
      .execute();
    const decision = {
      customer_id: customerId,
      enrollment_id: enrollmentId,
      journey: 'onDemand',
      template: 'hello',
      purpose: 'offers',
      priority: 'normal',
      policy_version: 'weekly',
      basis: toJsonb({
        consents: [
          {
            channel: 'inapp',
            purpose: 'offers',
            state: 'subscribed',
            at: '2026-01-01T00:00:00.000Z',
          },
        ],
        sentInLongestWindow: 1,
      }),
      variant: toJsonb({ hue: 'blue' }),
      tags: [],
      first_at: world.time.now,
      decided_at: world.time.now,
    };
    await db
      .insertInto('decisions')
      .values([
        {
          ...decision,
          id: `${enrollmentId}.1`,
          step: 1,
          outcome: 'send',
          reason: 'chosen',
          channel: 'inapp',
          candidates: toJsonb([
            {
              channel: 'email',
              verdict: 'capped',
              cost: 0.001,
              detail: 'weekly: 3 of 3 in 7 days',
              opensAt: '2026-03-05T00:00:00.000Z',
            },
            { channel: 'inapp', verdict: 'chosen', cost: 0 },
          ]),
          deferrals: toJsonb([
            {
              at: '2026-03-01T22:00:00.000Z',
              until: '2026-03-02T08:00:00.000Z',
              reason: 'quiet-hours',
            },
          ]),
        },
        {
          ...decision,
          id: `${enrollmentId}.2`,
          step: 2,
          outcome: 'skip',
          reason: 'unsubscribed',
          channel: null,
          candidates: toJsonb([{ channel: 'sms', verdict: 'unsubscribed', cost: 0.05 }]),
          deferrals: toJsonb([]),
        },
      ])
      .execute();
    await db
      .insertInto('messages')
      .values({
        id: messageId,
        decision_id: `${enrollmentId}.1`,
        customer_id: customerId,
        enrollment_id: enrollmentId,
        journey: 'onDemand',
        step: 1,
        template: 'hello',
        variant: toJsonb({}),
        tags: [],
        purpose: 'offers',
        channel: 'inapp',
        provider: 'inbox',
        address: customerId,
        content: toJsonb({ channel: 'inapp', title: 'Hello', body: 'Ada' }),
        status: 'sent',
        attempts: 2,
        provider_message_id: null,
        error: null,
        cost: 0,
        repeated: true,
        decided_at: world.time.now,
        sent_at: world.time.now,
      })
      .execute();
    const attempt = {
      message_id: messageId,
      provider: 'inbox',
      worker: 'w1',
      started_at: world.time.now,
      ended_at: world.time.now,
    };
    await db
      .insertInto('delivery_attempts')
      .values([
        { ...attempt, attempt: 1, repeat: false, outcome: 'unknown', response: 'cut off' },
        { ...attempt, attempt: 2, repeat: true, outcome: 'sent', response: 'stored' },
      ])
      .execute();
    await db
      .insertInto('inbox_items')
      .values({
        id: messageId,
        customer_id: customerId,
        title: 'Hello',
        body: 'Ada',
        url: null,
        created_at: world.time.now,
      })
      .execute();
  });

  it('are returned with every attempt', async () => {
    const { json } = await get('/v1/customers/ada/decisions');
    expect(json.decisions).toMatchObject([
      { step: 2, outcome: 'skip', reason: 'unsubscribed', message: null },
      {
        step: 1,
        outcome: 'send',
        channel: 'inapp',
        message: {
          id: messageId,
          repeated: true,
          attempts: [{ outcome: 'unknown' }, { outcome: 'sent', repeat: true }],
        },
      },
    ]);
    const paged = await get('/v1/customers/ada/decisions?limit=1');
    const rest = await get(`/v1/customers/ada/decisions?limit=1&before=${paged.json.next}`);
    expect([paged.json.decisions[0].step, rest.json.decisions[0].step, rest.json.next]).toEqual([
      2,
      1,
      null,
    ]);
  });

  it('are explained in words', async () => {
    const text = await explainCustomer(world.deps, 'ada');
    for (const words of [
      "decided, after waiting, to send by inapp: 'hello' for offers (onDemand, step 1)",
      'email: rejected, the customer has had the most messages that a cap allows (weekly: 3 of 3 in 7 days), until 2026-03-05 00:00:00 UTC',
      'inapp: chosen',
      'waited from 2026-03-01 22:00:00 UTC until 2026-03-02 08:00:00 UTC: it is within quiet hours',
      'consents then: inapp/offers subscribed since 2026-01-01',
      'caps then: weekly: 3 in 7 days; marketing messages in the longest window: 1',
      'experiments then: hue = blue',
      'was accepted by inbox',
      'sent again under the same Message-ID',
      'attempt 1 with inbox at 2026-03-02 10:00:00 UTC: outcome unknown',
      "decided not to send: 'hello'",
      'because the customer has opted out',
      'Active journeys: 1',
      'next timer unknown: Temporal or its workers are unavailable',
    ]) {
      expect(text).toContain(words);
    }
    await expect(explainCustomer(world.deps, 'nobody')).rejects.toThrow(
      /Found no customer 'nobody'/,
    );
  });

  it('are marked as read in the inbox once, with an event', async () => {
    const path = '/v1/customers/ada/inbox';
    expect((await get(`${path}?unread=true`)).json.items).toMatchObject([
      { id: messageId, read: false },
    ]);
    const opened = await post(`${path}/${messageId}/read`, {}, READ);
    expect(opened.json).toMatchObject({ read: true, readAt: '2026-03-02T10:00:00.000Z' });
    await post(`${path}/${messageId}/read`);
    expect((await get(`${path}?unread=true`)).json.items).toEqual([]);
    expect((await get(path)).json.items).toHaveLength(1);
    expect((await post(`${path}/${messageId}/unread`)).json).toMatchObject({
      read: false,
      readAt: null,
    });
    await post(`${path}/${messageId}/read`);
    const events = await world.deps.db
      .selectFrom('events')
      .select(['properties', 'about_message_id'])
      .where('name', '=', 'Message Opened')
      .execute();
    expect(events).toEqual([
      { properties: { message_id: messageId, channel: 'inapp' }, about_message_id: messageId },
    ]);
    const message = await world.deps.db
      .selectFrom('messages')
      .select('opened_at')
      .where('id', '=', messageId)
      .executeTakeFirstOrThrow();
    expect(message.opened_at).toEqual(world.time.now);
  });

  it('are read by their own customer only', async () => {
    await world.call('POST', '/v1/identify', { key: WRITE, body: { userId: 'other' } });
    expect((await post(`/v1/customers/other/inbox/${messageId}/read`)).status).toBe(404);
    expect((await post('/v1/customers/ada/inbox/%00/read')).status).toBe(400);
    expect((await post(`/v1/customers/ada/inbox/${messageId}/read`, {}, WRITE)).status).toBe(403);
    expect((await get('/v1/customers/ada/inbox?unread=perhaps')).status).toBe(400);
  });
});
