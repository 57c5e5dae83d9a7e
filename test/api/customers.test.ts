import { ADMIN, READ, startApiWorld, WRITE, type ApiWorld } from './api-world';

let world: ApiWorld;

beforeAll(async () => {
  world = await startApiWorld();
});

afterAll(() => world.stop());

const get = (path: string, key = READ) => world.call('GET', path, { key });

async function identify(userId: string, more: object = {}): Promise<string> {
  await world.call('POST', '/v1/identify', { key: WRITE, body: { userId, ...more } });
  const row = await world.deps.db
    .selectFrom('identifiers')
    .select('customer_id')
    .where('value', '=', userId)
    .executeTakeFirstOrThrow();
  return row.customer_id;
}

describe('a customer', () => {
  it('is shown with identifiers and consents', async () => {
    const id = await identify('ada', {
      anonymousId: 'ada-anonymous',
      traits: { email: 'Ada@Shop.example', plan: 'gold' },
      context: { timezone: 'Europe/Berlin', locale: 'de-DE' },
    });
    const answer = await get('/v1/customers/ada');
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      id,
      identifiers: [
        { kind: 'anonymous_id', value: 'ada-anonymous' },
        { kind: 'email', value: 'ada@shop.example' },
        { kind: 'user_id', value: 'ada' },
      ],
      traits: { plan: 'gold' },
      timeZone: 'Europe/Berlin',
      locale: 'de-DE',
      consents: [],
      createdAt: '2026-03-02T10:00:00.000Z',
      counts: { events: 1, enrollments: 0, decisions: 0, messages: 0 },
    });
    const ways = [
      id,
      'user_id:ada',
      'anonymous_id:ada-anonymous',
      'ada-anonymous',
      'email:ada@shop.example',
    ];
    for (const way of ways) {
      expect((await get(`/v1/customers/${encodeURIComponent(way)}`)).json?.id).toBe(id);
    }
    expect((await get('/v1/customers/ada', ADMIN)).status).toBe(200);
  });

  it('is not marked as seen by an import', async () => {
    await identify('filed', { context: { source: 'import' } });
    expect((await get('/v1/customers/filed')).json.computed.lastSeen).toBeNull();
    await identify('met');
    expect((await get('/v1/customers/met')).json.computed.lastSeen).not.toBeNull();
  });

  it('is the first of two users with the same e-mail address', async () => {
    const first = await identify('twin-1', { traits: { email: 'twin@shop.example' } });
    const second = await identify('twin-2', { traits: { email: 'Twin@shop.example' } });
    expect(second).not.toBe(first);
    const answer = await get('/v1/customers/email:twin@shop.example');
    expect([answer.status, answer.json.id]).toEqual([200, first]);
  });

  it('is ambiguous if several share an address that none of them has provided', async () => {
    for (const userId of ['quiet-1', 'quiet-2']) {
      const id = await identify(userId);
      await world.deps.db
        .updateTable('customers')
        .set({ traits: JSON.stringify({ email: 'quiet@shop.example' }) })
        .where('id', '=', id)
        .execute();
    }
    const answer = await get('/v1/customers/email:quiet@shop.example');
    expect([answer.status, answer.json.error.details.ids.length]).toEqual([409, 2]);
  });

  it('is found by every id of the customers merged into them', async () => {
    const call = (type: string, body: object) =>
      world.call('POST', `/v1/${type}`, { key: WRITE, body });
    await call('track', { anonymousId: 'merge-laptop', event: 'Product Viewed' });
    const laptop = (await get('/v1/customers/anonymous_id:merge-laptop')).json.id;
    const old = await identify('merge-old', { traits: { plan: 'basic', email: 'm@shop.example' } });
    const id = await identify('merge-new', { traits: { plan: 'gold' } });
    await call('identify', { userId: 'merge-old', anonymousId: 'merge-laptop' });
    await call('alias', { previousId: 'merge-old', userId: 'merge-new' });
    const ways = [
      id,
      old,
      laptop,
      'merge-old',
      'merge-new',
      'merge-laptop',
      'email:m@shop.example',
    ];
    for (const way of ways) {
      expect((await get(`/v1/customers/${encodeURIComponent(way)}`)).json).toMatchObject({
        id,
        traits: { plan: 'gold', email: 'm@shop.example' },
        counts: { events: 5 },
      });
    }
    const { items } = (await get('/v1/customers/merge-new/timeline')).json;
    expect(items.filter((item: { kind: string }) => item.kind === 'merge')).toMatchObject([
      { cause: 'alias', mergedId: old },
      { cause: 'shared identifier', mergedId: laptop },
    ]);
  });
});

describe('the routes of a customer', () => {
  const paths = ['', '/timeline', '/enrollments', '/decisions', '/inbox', '/consents'];

  it.each(paths)('%s require a read or an admin key', async (path) => {
    await identify('bob');
    const url = `/v1/customers/bob${path}`;
    const statuses = [
      (await world.call('GET', url)).status,
      (await get(url, 'wrong')).status,
      (await get(url, WRITE)).status,
      (await get(url, READ)).status,
      (await get(url, ADMIN)).status,
      (await get(`/v1/customers/nobody${path}`)).status,
    ];
    expect(statuses).toEqual([401, 401, 403, 200, 200, 404]);
  });

  it.each(paths)('%s answer bad ids and queries with 4xx', async (path) => {
    const ids = [
      '%00',
      'a%00b',
      'x'.repeat(5_000),
      '%E0%A4%A',
      '%',
      '%ff',
      '..%2f',
      '%20',
      "'--",
      '%F0%9F%98%80',
      'user_id:',
      'email:%00',
      '%ED%A0%80',
    ];
    for (const id of ids) {
      const answer = await get(`/v1/customers/${id}${path}`);
      if (answer.status < 400 || answer.status > 499) throw new Error(`${id}: ${answer.status}`);
      expect(answer.json.error.message).toMatch(/.{20}/);
    }
    if (path === '') return;
    const queries = [
      'limit=0',
      'limit=-1',
      'limit=x',
      'limit=1&limit=2',
      'limit=99999999999999',
      'before=x',
      'before=%00',
      'before=W10',
      'before=WzEsIlwwIl0',
      'before=WzllMTUsImEiXQ',
      `before=${'a'.repeat(9_000)}`,
    ];
    if (path === '/consents') return;
    for (const query of queries) {
      const answer = await get(`/v1/customers/bob${path}?${query}`);
      if (answer.status !== 400 && answer.status !== 431)
        throw new Error(`${query}: ${answer.status}`);
    }
  });

  it.each([
    ['PATCH', '/v1/customers/bob', 'GET, HEAD, DELETE'],
    ['POST', '/v1/customers/bob/consents', 'GET, HEAD, PUT'],
    ['GET', '/v1/track', 'POST, OPTIONS'],
    ['PUT', '/healthz', 'GET, HEAD'],
  ])('tell the methods they know when asked by %s %s', async (method, path, allow) => {
    const answer = await world.call(method, path, { key: ADMIN });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
    expect(answer.json.error.message).toMatch(allow);
  });

  it('answer an unknown address with JSON', async () => {
    for (const path of ['/v1/nothing', '/nothing/%00', '/v1/customers', '/%E0']) {
      const answer = await world.call('GET', path, { key: ADMIN });
      expect([
        path,
        answer.status >= 400 && answer.status < 500,
        typeof answer.json?.error?.message,
      ]).toEqual([path, true, 'string']);
    }
  });
});

describe('the timeline', () => {
  it('lists everything, newest first, page by page without a gap', async () => {
    const start = world.time.now;
    for (let minute = 0; minute < 30; minute++) {
      world.time.now = new Date(start.getTime() + minute * 60_000);
      const batch = Array.from({ length: 25 }, (_, at) => ({
        type: 'track',
        userId: 'tim',
        event: minute % 10 === 0 && at === 0 ? 'Order Completed' : 'Clicked Around',
        messageId: `tim-${minute}-${at}`,
        properties: { products: [] },
      }));
      await world.call('POST', '/v1/batch', { key: WRITE, body: { batch } });
    }
    world.time.now = start;
    const whole = await get('/v1/customers/tim/timeline');
    expect(whole.json.items).toHaveLength(500);
    const first = whole.json.items[0];
    expect(first).toMatchObject({
      kind: 'event',
      event: 'Clicked Around',
      messageId: 'tim-29-24',
      type: 'track',
    });

    const items: { kind: string; id: string; at: string; messageId?: string }[] = [];
    let next: string | null = null;
    do {
      const page: { json: { items: typeof items; next: string | null } } = await get(
        `/v1/customers/tim/timeline?limit=70${next === null ? '' : `&before=${next}`}`,
      );
      items.push(...page.json.items);
      next = page.json.next;
    } while (next !== null);
    expect(items.filter(({ kind }) => kind === 'event').map(({ messageId }) => messageId)).toEqual(
      Array.from({ length: 750 }, (_, at) => `tim-${29 - Math.floor(at / 25)}-${24 - (at % 25)}`),
    );
    expect(items.filter(({ kind }) => kind === 'entry')).toHaveLength(1);
    expect(items.filter(({ kind }) => kind === 'refusal')).toHaveLength(2);
    expect(items.map(({ at }) => at)).toEqual(
      items
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    );
  });

  it('has pages of up to 500 items', async () => {
    expect((await get('/v1/customers/tim/timeline?limit=700')).json.items).toHaveLength(700);
  });
});

describe('enrollments', () => {
  it('say why the next timer is unknown while Temporal is unavailable', async () => {
    const { json } = await get('/v1/customers/tim/enrollments');
    expect(json.enrollments).toMatchObject([
      {
        journey: 'onOrder',
        status: 'active',
        key: '',
        timer: null,
        timerUnknown: expect.stringMatching(/Temporal/),
      },
    ]);
  });
});

describe('an enrollment on request', () => {
  const enroll = (journey: string, body: unknown, key = WRITE) =>
    world.call('POST', `/v1/journeys/${journey}/enrollments`, { key, body });

  it('enrolls a customer once, and returns the reason otherwise', async () => {
    await identify('eve');
    const entered = await enroll('onDemand', {
      userId: 'eve',
      key: 'k1',
      data: { a: 1 },
      requestId: 'r1',
    });
    expect([entered.status, entered.json]).toEqual([
      201,
      { entered: true, enrollmentId: expect.any(String) },
    ]);
    const again = await enroll('onDemand', { userId: 'eve', key: 'k1', requestId: 'r1' });
    expect(again.json.enrollmentId).toBe(entered.json.enrollmentId);
    const other = await enroll('onDemand', { userId: 'eve', key: 'k1' });
    expect([other.status, other.json]).toEqual([200, { entered: false, reason: 'already-in' }]);
    expect((await enroll('onDemand', { userId: 'eve', key: 'k2' }, ADMIN)).status).toBe(201);
  });

  it('applies two concurrent copies of a request once', async () => {
    await identify('eve2');
    const body = { userId: 'eve2', requestId: 'same' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => enroll('onDemand', body)));
    expect(new Set(answers.map(({ json }) => json.enrollmentId)).size).toBe(1);
  });

  it.each([
    ['an unknown journey', 'nothing', { userId: 'eve' }, WRITE, 404],
    ['a journey that is not by request', 'onOrder', { userId: 'eve' }, WRITE, 409],
    ['nobody', 'onDemand', { userId: 'nobody' }, WRITE, 404],
    ['no customer', 'onDemand', {}, WRITE, 400],
    ['two customers', 'onDemand', { userId: 'eve', anonymousId: 'a' }, WRITE, 400],
    ['nested data', 'onDemand', { userId: 'eve', data: { a: {} } }, WRITE, 400],
    ['a long key', 'onDemand', { userId: 'eve', key: 'k'.repeat(256) }, WRITE, 400],
    ['a NUL in the key', 'onDemand', { userId: 'eve', key: 'k\0' }, WRITE, 400],
    ['a body that is no JSON', 'onDemand', 'nonsense', WRITE, 400],
    ['the read key', 'onDemand', { userId: 'eve' }, READ, 403],
    ['a wrong key', 'onDemand', { userId: 'eve' }, 'wrong', 401],
    ['a name on the prototype', 'constructor', { userId: 'eve' }, WRITE, 404],
  ])('refuses %s', async (_, journey, body, key, status) => {
    const answer = await enroll(journey, body, key);
    expect([answer.status, answer.json.error.message]).toEqual([
      status,
      expect.stringMatching(/.{20}/),
    ]);
  });

  it('lists the journeys with their triggers in words', async () => {
    const { json } = await get('/v1/journeys');
    expect(json.journeys.find(({ name }: { name: string }) => name === 'onDemand')).toMatchObject({
      triggers: ['on request'],
      counts: { active: 3, completed: 0 },
    });
    expect((await get('/v1/journeys', WRITE)).status).toBe(403);
  });
});

describe('a route that needs Temporal', () => {
  it('answers that Temporal is unavailable, and does nothing', async () => {
    const { enrollmentId } = (
      await world.call('POST', '/v1/journeys/onDemand/enrollments', {
        key: ADMIN,
        body: { userId: 'eve', key: 'k3' },
      })
    ).json;
    const read = await get(`/v1/enrollments/${enrollmentId}`, ADMIN);
    expect(read.json).toMatchObject({
      status: 'active',
      live: null,
      liveUnknown: expect.any(String),
    });
    for (const operation of ['pause', 'resume', 'skip-wait', 'exit']) {
      const answer = await world.call('POST', `/v1/enrollments/${enrollmentId}/${operation}`, {
        key: ADMIN,
      });
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    }
    const bulk = await world.call('POST', '/v1/journeys/onDemand/operations', {
      key: ADMIN,
      body: { operation: 'pause' },
    });
    expect(bulk.status).toBe(503);
    expect((await get('/v1/operations/x', ADMIN)).status).toBe(503);
  });

  it('requires the admin key and a running enrollment', async () => {
    expect((await world.call('POST', '/v1/enrollments/none/pause', { key: ADMIN })).status).toBe(
      404,
    );
    expect((await world.call('POST', '/v1/enrollments/none/pause', { key: READ })).status).toBe(
      403,
    );
    expect((await get('/v1/enrollments/none', READ)).status).toBe(403);
    const wrong = { key: ADMIN, body: { operation: 'dance' } };
    expect((await world.call('POST', '/v1/journeys/onDemand/operations', wrong)).status).toBe(400);
    const filter = { key: ADMIN, body: { operation: 'pause', filter: { kye: 'x' } } };
    expect((await world.call('POST', '/v1/journeys/onDemand/operations', filter)).status).toBe(400);
  });
});
