import * as fc from 'fast-check';
import { startApiWorld, WRITE, type ApiWorld } from '../api/api-world';
import { holds } from './fuzzing';
import { expectConsistent, expectSound, storedUnder } from './soundness';

let world: ApiWorld;
let sent = 0;

beforeAll(async () => {
  world = await startApiWorld();
  // Whatever the checks let through, Postgres may still refuse. This stands for every such value.
  await world.connection.pool.query(`
    create function refuse_poison() returns trigger language plpgsql as $$ begin
      raise exception using errcode = new.properties ->> 'poison', message = 'poison';
    end $$;
    create trigger refuse_poison before insert on events for each row
      when (new.properties ? 'poison') execute function refuse_poison();`);
});

afterAll(() => world.stop());

const nextId = () => `together-${++sent}`;

/** How Postgres words that a value is at fault: numeric range, text, datetime, a row too long. */
const POISONS = ['22003', '22021', '22P02', '22P05', '22008', '54000'] as const;

interface Sent {
  readonly ids: readonly string[];
  readonly path: string;
  readonly body: object;
  readonly poisonous: boolean;
}

const request: fc.Arbitrary<Sent> = fc
  .record({
    size: fc.constantFrom(0, 0, 0, 1, 5, 40),
    poison: fc.option(fc.constantFrom(...POISONS), { freq: 6, nil: undefined }),
    place: fc.double({ min: 0, max: 0.999, noNaN: true }),
    // Few customers, so that requests meet each other at the same rows.
    user: fc.constantFrom('ada', 'eve', 'bob', 'new'),
    anonymous: fc.option(fc.constantFrom('device-1', 'device-2'), { nil: undefined }),
    event: fc.constantFrom('Order Completed', 'Keyed', 'Page Seen'),
    misfit: fc.boolean(),
  })
  .map(({ size, poison, place, user, anonymous, event, misfit }) => {
    const ids = Array.from({ length: Math.max(1, size) }, nextId);
    const at = Math.floor(place * ids.length);
    const calls = ids.map((messageId, index) => ({
      type: 'track',
      messageId,
      userId: user === 'new' ? `new-${messageId}` : user,
      ...(anonymous !== undefined && { anonymousId: anonymous }),
      event,
      properties: {
        key: `k-${index}`,
        ...(misfit && index === at + 1 && { total: 'none' }),
        ...(index === at && poison !== undefined && { poison }),
      },
    }));
    const poisonous = poison !== undefined;
    return size === 0
      ? { ids, path: '/v1/track', body: calls[0] ?? {}, poisonous }
      : { ids, path: '/v1/batch', body: { batch: calls }, poisonous };
  });

async function send({ path, body }: Sent) {
  const answer = await world.call('POST', path, { key: WRITE, body });
  expectSound(answer, JSON.stringify(body));
  return answer;
}

describe('requests that share a transaction', () => {
  it('are each taken whole or refused whole, whatever the others bring', async () => {
    const crowd = fc.array(request, { minLength: 2, maxLength: 40 });
    await holds(12, crowd, async (requests) => {
      const answers = await Promise.all(requests.map(send));
      const stored = await storedUnder(
        world.deps.db,
        requests.flatMap(({ ids }) => ids),
      );
      for (const [at, { ids, poisonous }] of requests.entries()) {
        const answer = answers[at];
        expect([poisonous, answer?.status]).toEqual([poisonous, poisonous ? 400 : 200]);
        const apart = new Set(
          ((answer?.json.quarantined ?? []) as { messageId: string }[]).map(
            ({ messageId }) => messageId,
          ),
        );
        const expected = ids.map((id) =>
          poisonous ? [] : apart.has(id) ? ['quarantine'] : ['claim', 'event'],
        );
        expect(ids.map((id) => stored.get(id))).toEqual(expected);
      }
      await expectConsistent(world.deps.db);
    });
  });

  it('that bring the same message id take effect once, though the first to claim it is refused', async () => {
    await holds(10, fc.array(fc.boolean(), { minLength: 2, maxLength: 30 }), async (poisonous) => {
      const messageId = nextId();
      const answers = await Promise.all(
        poisonous.map((poison) =>
          send({
            ids: [messageId],
            path: '/v1/track',
            body: {
              userId: 'ada',
              event: 'A',
              messageId,
              properties: poison ? { poison: '22021' } : {},
            },
            poisonous: poison,
          }),
        ),
      );
      const good = poisonous.filter((poison) => !poison).length;
      const taken = (await storedUnder(world.deps.db, [messageId])).get(messageId);
      expect(taken).toEqual(good > 0 ? ['claim', 'event'] : []);
      // Whoever is told 200 is told the truth: the event is there. A repeat of it is no fault.
      for (const [at, { status }] of answers.entries()) {
        if (poisonous[at] !== true) expect(status).toBe(200);
        else expect(status === 400 || good > 0).toBe(true);
      }
    });
  });

  it('are refused without harm to those that come after them', async () => {
    const poison = { userId: 'ada', event: 'A', properties: { poison: '22003' } };
    const all = await Promise.all(
      Array.from({ length: 100 }, () =>
        world.call('POST', '/v1/track', { key: WRITE, body: poison }),
      ),
    );
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([400]));
    const after = await world.call('POST', '/v1/track', {
      key: WRITE,
      body: { userId: 'ada', event: 'A', properties: {} },
    });
    expect(after.status).toBe(200);
    await expectConsistent(world.deps.db);
  });
});
