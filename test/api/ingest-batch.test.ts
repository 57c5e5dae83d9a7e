import { segmentExamples } from '../domain/events/segment-examples';
import { startApiWorld, WRITE, type ApiWorld } from './api-world';

let world: ApiWorld;

beforeAll(async () => {
  world = await startApiWorld();
});

afterAll(() => world.stop());

const track = (more: object = {}) => ({ userId: 'u1', event: 'Thing Done', ...more });
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  world.call('POST', path, { key: WRITE, body, headers });

async function eventCount(): Promise<number> {
  const row = await world.deps.db
    .selectFrom('events')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return row.count;
}

async function eventOf(messageId: string) {
  return world.deps.db
    .selectFrom('events')
    .selectAll()
    .where('message_id', '=', messageId)
    .executeTakeFirst();
}

describe('a batch', () => {
  it('accepts the valid events and reports the invalid ones by index', async () => {
    const before = await eventCount();
    const answer = await post('/v1/batch', {
      batch: [
        { type: 'track', messageId: 'b0', ...track() },
        { type: 'dance', messageId: 'b1' },
        { type: 'track', messageId: 'b2', userId: 'u1' },
        'nonsense',
        { type: 'track', messageId: 'b4', ...track({ properties: { a: 'x'.repeat(33 * 1024) } }) },
        { type: 'identify', messageId: 'b5', userId: 'u1', traits: { plan: 'gold' } },
        null,
      ],
    });
    expect(answer.status).toBe(200);
    expect(answer.json.success).toBe(false);
    expect(
      answer.json.errors.map(({ index, messageId }: { index: number; messageId: string }) => [
        index,
        messageId,
      ]),
    ).toEqual([
      [1, 'b1'],
      [2, 'b2'],
      [3, null],
      [4, 'b4'],
      [6, null],
    ]);
    expect(answer.json.quarantined).toEqual([]);
    expect((await eventCount()) - before).toBe(2);
  });

  it('applies its context and sentAt to items without them', async () => {
    await post('/v1/batch', {
      context: { locale: 'de-DE', library: { name: 'outer' } },
      sentAt: '2020-01-01T00:10:00Z',
      batch: [
        {
          type: 'track',
          ...track({
            messageId: 'inherits',
            timestamp: '2020-01-01T00:00:00Z',
            context: { library: { name: 'own' } },
          }),
        },
        {
          type: 'track',
          ...track({
            messageId: 'own-time',
            timestamp: '2020-01-01T00:00:00Z',
            sentAt: '2020-01-01T00:00:30Z',
          }),
        },
      ],
    });
    const inherits = await eventOf('inherits');
    expect(inherits?.context).toEqual({ locale: 'de-DE', library: { name: 'own' } });
    expect(inherits?.occurred_at).toEqual(new Date(world.time.now.getTime() - 600_000));
    expect((await eventOf('own-time'))?.occurred_at).toEqual(
      new Date(world.time.now.getTime() - 30_000),
    );
  });

  it.each([
    ['no array', { batch: {} }, 400],
    ['nothing', {}, 400],
    ['an array in place of an object', [], 400],
    ['a context that is no object', { context: 'x', batch: [] }, 400],
    ['2,501 events', { batch: Array(2_501).fill({ type: 'track', event: 'A', userId: 'u' }) }, 400],
    ['501 KB', { batch: [], fill: 'x'.repeat(501 * 1024) }, 413],
  ])('with %s is refused as a whole', async (_, body, status) => {
    const answer = await post('/v1/batch', body);
    expect([answer.status, answer.json.success]).toEqual([status, false]);
    expect(answer.json.error.message).toMatch(/.{20}/);
  });

  it('may be empty', async () => {
    expect((await post('/v1/batch', { batch: [] })).json).toEqual({
      success: true,
      errors: [],
      quarantined: [],
      duplicates: 0,
    });
  });

  it('reports how many of its events are duplicates', async () => {
    const batch = [
      { type: 'track', event: 'Told Twice', userId: 'twice', messageId: 'told-twice' },
    ];
    expect((await post('/v1/batch', { batch })).json.duplicates).toBe(0);
    expect((await post('/v1/batch', { batch })).json.duplicates).toBe(1);
  });

  it('may contain a batch, whose items count as its own', async () => {
    const before = await eventCount();
    const inner = [1, 2].map((at) => ({ type: 'track', event: 'Nested', userId: `nested-${at}` }));
    const answer = await post('/v1/batch', {
      batch: [{ batch: inner, context: { locale: 'de' } }, { type: 'nonsense' }],
    });
    expect(answer.json.errors).toMatchObject([{ index: 1 }]);
    expect((await eventCount()) - before).toBe(2);
  });

  it('may contain 2,500 events, and be called an import', async () => {
    const before = await eventCount();
    const batch = Array.from({ length: 2_500 }, (_, at) => ({
      type: 'track',
      event: 'A',
      userId: `many-${at % 50}`,
    }));
    expect((await post('/v1/import', { batch })).json.success).toBe(true);
    expect((await eventCount()) - before).toBe(2_500);
  });
});

describe("the examples of Segment's documentation", () => {
  const examples = segmentExamples();
  const single = examples.filter(({ type }) => type !== 'batch');

  it('are accepted and stored, each alone', async () => {
    for (const [at, { type, payload, source }] of examples.entries()) {
      const before = await eventCount();
      const body = type === 'batch' ? payload : { ...payload, messageId: `alone-${at}` };
      const answer = await post(`/v1/${type}`, body);
      if (answer.json.success !== true) throw new Error(`${source}: ${answer.text}`);
      if (answer.json.quarantined?.length > 0)
        throw new Error(`${source} was quarantined: ${answer.text}`);
      expect(await eventCount()).toBeGreaterThan(before);
    }
  }, 120_000);

  it('are accepted and stored, all in batches', async () => {
    const before = await eventCount();
    const batch = single.map(({ type, payload }, at) => ({
      ...payload,
      type,
      messageId: `batched-${at}`,
    }));
    for (let from = 0; from < batch.length; from += 100) {
      const answer = await post('/v1/batch', { batch: batch.slice(from, from + 100) });
      expect(answer.json).toEqual({
        success: true,
        errors: [],
        quarantined: [],
        duplicates: 0,
      });
    }
    expect((await eventCount()) - before).toBe(batch.length);
  });
});
