import * as fc from 'fast-check';
import { startApiWorld, WRITE, type Answer, type ApiWorld } from '../api/api-world';
import { holds } from './fuzzing';
import {
  ABSURD_DATES,
  hostileFields,
  hostileJson,
  hostileObject,
  hostileText,
  objectText,
} from './hostile-json';
import {
  countsOf,
  expectConsistent,
  expectPristinePrototypes,
  expectSound,
  storedUnder,
} from './soundness';

let world: ApiWorld;
let sent = 0;

beforeAll(async () => {
  world = await startApiWorld();
});

afterEach(async () => {
  await expectConsistent(world.deps.db);
  expectPristinePrototypes();
  expect((await world.call('GET', '/healthz')).json).toEqual({ status: 'ok' });
});

afterAll(() => world.stop());

const TYPES = ['identify', 'track', 'page', 'screen', 'group', 'alias'] as const;

const post = (path: string, body: string | Buffer, headers: Record<string, string> = {}) =>
  world.call('POST', path, { key: WRITE, body, headers });

const nextId = () => `fuzz-${++sent}`;

const properties = [
  '{"order_id":"o-1","total":12.5}',
  '{"cart_id":"c-1"}',
  '{"key":"k-1"}',
  '{"products":[{"product_id":7}]}',
];

/** What a call may say, with values that suit. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  userId: ['"ada"', '"eve"', '7'],
  user_id: ['"ada"'],
  anonymousId: ['"device-1"', '"device-2"'],
  previousId: ['"ada"', '"device-1"'],
  groupId: ['"team"'],
  event: ['"Order Completed"', '"Cart Updated"', '"Keyed"', '"Page Seen"', '"Message Opened"'],
  properties,
  traits: ['{"email":"ada@shop.example","first_name":"Ada"}', '{"timezone":"Europe/Berlin"}'],
  context: ['{"locale":"de-DE","traits":{"plan":"gold"}}'],
  timestamp: ['"2026-03-02T09:00:00Z"', ...ABSURD_DATES.map((date) => JSON.stringify(date))],
  originalTimestamp: ['1772445600', ...ABSURD_DATES.map((date) => JSON.stringify(date))],
  sentAt: ['"2026-03-02T09:00:01Z"'],
  email: ['"eve@shop.example"'],
  name: ['"Basket"'],
  integrations: ['{"All":false}'],
  writeKey: ['"none"'],
};

/** A call that must be read, under an id that no earlier field can take from it. */
const callPairs = hostileFields(FIELDS);

const withId = (pairs: readonly (readonly [string, string])[], id: string, type = '"track"') =>
  objectText([...pairs, ['type', type], ['messageId', JSON.stringify(id)]]);

const ACCEPTED = ['claim', 'event'];

function placesAfter(answer: Answer): readonly string[] {
  if (answer.status !== 200) return [];
  return answer.json.quarantined === undefined ? ACCEPTED : ['quarantine'];
}

describe('a single call', () => {
  it('is stored once where it is taken, and not at all where it is refused', async () => {
    const cases = fc.tuple(fc.constantFrom(...TYPES), callPairs);
    await holds(200, cases, async ([type, pairs]) => {
      const id = nextId();
      const before = await countsOf(world.deps.db);
      const body = withId(pairs, id);
      const answer = await post(`/v1/${type}`, body);
      expectSound(answer, body);
      const stored = await storedUnder(world.deps.db, [id]);
      expect([answer.text, stored.get(id)]).toEqual([answer.text, placesAfter(answer)]);
      if (answer.status !== 200) expect(await countsOf(world.deps.db)).toEqual(before);
    });
  });

  it('may have any message id, and has its effect once for each', async () => {
    await holds(40, hostileJson, async (id) => {
      const body = `{"userId":"ada","event":"Page Seen","messageId":${id}}`;
      const first = await post('/v1/track', body);
      expectSound(first, body);
      const before = await countsOf(world.deps.db);
      const second = await post('/v1/track', body);
      expect(second.status).toBe(first.status);
      // Without an id worth the name, a repeat is another event.
      const grown = (await countsOf(world.deps.db)).events - before.events;
      expect(grown).toBeLessThanOrEqual(first.status === 200 ? 1 : 0);
    });
  });

  it('may be any JSON, or none', async () => {
    const anything = fc.oneof(hostileJson, hostileObject, fc.string({ unit: 'binary' }));
    await holds(80, fc.tuple(fc.constantFrom(...TYPES), anything), async ([type, body]) => {
      const before = await countsOf(world.deps.db);
      const answer = await post(`/v1/${type}`, body);
      expectSound(answer, body);
      if (answer.status !== 200) expect(await countsOf(world.deps.db)).toEqual(before);
    });
  });

  it('may be any bytes', async () => {
    const whole = Buffer.from('{"userId":"ada","event":"Page Seen","properties":{"a":"b"}}');
    const broken = fc
      .tuple(fc.nat({ max: whole.length }), fc.uint8Array({ minLength: 1, maxLength: 4 }))
      .map(([at, bytes]) => Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at)]));
    await holds(60, broken, async (body) => {
      const before = await countsOf(world.deps.db);
      const answer = await post('/v1/track', body);
      expectSound(answer, body.toString('latin1'));
      const { events } = await countsOf(world.deps.db);
      expect(events - before.events).toBe(answer.status === 200 ? 1 : 0);
    });
  });
});

describe('a batch', () => {
  const item = fc.oneof(
    { weight: 9, arbitrary: callPairs.map((pairs) => ({ pairs, type: undefined })) },
    {
      weight: 1,
      arbitrary: fc.record({ pairs: callPairs, type: hostileText }),
    },
  );
  const envelope = hostileFields({
    context: ['{"ip":"10.0.0.1"}'],
    integrations: ['{}'],
    sentAt: ['"2026-03-02T09:00:01Z"'],
    writeKey: ['"none"'],
  });

  it('is stored but for the items that its answer names', async () => {
    const cases = fc.record({
      path: fc.constantFrom('/v1/batch', '/v1/import'),
      items: fc.array(item, { maxLength: 12 }),
      types: fc.array(fc.constantFrom(...TYPES), { minLength: 12, maxLength: 12 }),
      envelope,
    });
    await holds(60, cases, async ({ path, items, types, envelope: said }) => {
      const ids = items.map(nextId);
      const texts = items.map(({ pairs, type }, at) =>
        withId(pairs, ids[at] ?? '', JSON.stringify(type ?? types[at])),
      );
      const body = objectText([...said, ['batch', `[${texts.join(',')}]`]]);
      const before = await countsOf(world.deps.db);
      const answer = await post(path, body);
      expectSound(answer, body);
      if (answer.status !== 200) {
        expect(await countsOf(world.deps.db)).toEqual(before);
        return;
      }
      const stored = await storedUnder(world.deps.db, ids);
      const refused = indexesOf(answer.json.errors);
      const apart = indexesOf(answer.json.quarantined);
      const expected = ids.map((_, at) =>
        refused.has(at) ? [] : apart.has(at) ? ['quarantine'] : ACCEPTED,
      );
      expect(ids.map((id) => stored.get(id))).toEqual(expected);
      for (const { message } of answer.json.errors) expect(message).toMatch(/^\S.{15,}/su);
    });
  });

  it('may hold anything', async () => {
    const anything = fc.oneof(
      hostileJson,
      fc.array(hostileJson, { maxLength: 5 }).map((all) => `[${all.join(',')}]`),
      fc
        .array(
          hostileFields({
            ...FIELDS,
            type: ['"track"'],
            batch: ['[{"type":"track","event":"A"}]'],
          }),
          {
            maxLength: 4,
          },
        )
        .map((all) => `[${all.map(objectText).join(',')}]`),
    );
    await holds(50, fc.tuple(envelope, anything), async ([said, batch]) => {
      const body = objectText([...said, ['batch', batch]]);
      const before = await countsOf(world.deps.db);
      const answer = await post('/v1/batch', body);
      expectSound(answer, body);
      if (answer.status !== 200) expect(await countsOf(world.deps.db)).toEqual(before);
    });
  });
});

describe('what has broken it once', () => {
  const HALF = '😀';
  const noise = Array.from({ length: 200 }, (_, at) => `${at * 7_919}`).join('-');

  it.each([
    [
      'a time whose 100th character is half of one, in an event that does not fit',
      { event: 'Order Completed', originalTimestamp: `${'x'.repeat(99)}${HALF}` },
      ['quarantine'],
    ],
    ['a key whose 255th character is half of one', { event: 'Keyed' }, ACCEPTED],
  ])('%s is stored', async (_, call, places) => {
    const id = nextId();
    const key = `${'x'.repeat(254)}${HALF}`;
    const body = { userId: id, messageId: id, ...call, properties: { total: {}, key } };
    const answer = await post('/v1/track', JSON.stringify(body));
    expectSound(answer, 'half a character');
    if (answer.status === 200) {
      expect((await storedUnder(world.deps.db, [id])).get(id)).toEqual(places);
    }
  });

  it.each([
    ['a long e-mail address', noise],
    ['an e-mail address that is an object', { noise }],
  ])('%s is refused alone, not with the batch that it is in', async (_, email) => {
    const ids = [nextId(), nextId(), nextId()];
    const batch = ids.map((messageId, at) => {
      return { type: 'identify', userId: 'eve', messageId, traits: at === 1 ? { email } : {} };
    });
    const { status, json } = await post('/v1/batch', JSON.stringify({ batch }));
    expect([status, [...indexesOf(json.errors)]]).toEqual([200, [1]]);
    const stored = await storedUnder(world.deps.db, ids);
    expect(ids.map((id) => stored.get(id))).toEqual([ACCEPTED, [], ACCEPTED]);
  });

  it.each([
    ['the batch', (items: object[], context: object) => ({ context, batch: items })],
    [
      'a batch within the batch',
      (items: object[], context: object) => ({ batch: [{ context, batch: items }] }),
    ],
  ])(
    'a large context of %s, which each of 2,000 items would inherit, is refused',
    async (_, wrap) => {
      const items = Array.from({ length: 2_000 }, () => ({ type: 'track', event: 'A' }));
      const before = await countsOf(world.deps.db);
      const body = JSON.stringify(wrap(items, { a: 'x'.repeat(300_000) }));
      const { status, json } = await post('/v1/batch', body);
      expect([status, json.errors.length]).toEqual([200, 2_000]);
      expect(json.errors[0].message).toMatch(/at most 32 KB/);
      expect(await countsOf(world.deps.db)).toEqual(before);
    },
  );
});

function indexesOf(list: readonly { readonly index: number }[]): ReadonlySet<number> {
  return new Set(list.map(({ index }) => index));
}
