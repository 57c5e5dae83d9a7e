import { createHmac } from 'node:crypto';
import { sql } from 'kysely';
import { createAddressHasher } from '../../../src/db/stores/address-hash';
import { startApiWorld, type ApiWorld } from '../../api/api-world';

let world: ApiWorld;

beforeAll(async () => {
  world = await startApiWorld();
});

afterAll(() => world.stop());

const OLD = 'an-old-secret-of-thirty-two-chars!!';
const NEW = 'a-new-secret-of-thirty-two-chars!!!';

it('computes the same hash in SQL as in JavaScript, for any address', async () => {
  const hasher = createAddressHasher([NEW, OLD]);
  for (const address of [
    'ada@shop.example',
    '+49 170 1',
    'käthe@müller.example',
    'x'.repeat(500),
  ]) {
    const { rows } = await sql<{ hash: string }>`
      select ${hasher.prefix} || keyed_hash(k.inside, k.outside, lower(trim(${address}))) as hash
      from unnest(${hasher.blocks.inner}::bytea[], ${hasher.blocks.outer}::bytea[])
        as k (inside, outside)`.execute(world.deps.db);
    expect(rows.map(({ hash }) => hash)).toEqual(hasher.hashes(address));
  }
});

it('is the HMAC of RFC 2104', async () => {
  // RFC 4231, test case 2, whose key is shorter than a block.
  const block = (pad: number) => {
    const padded = Buffer.alloc(64, pad);
    for (const [at, byte] of Buffer.from('Jefe').entries()) padded[at] = (padded[at] ?? 0) ^ byte;
    return padded;
  };
  const { rows } = await sql<{ hash: string }>`
    select keyed_hash(${block(0x36)}, ${block(0x5c)}, 'what do ya want for nothing?') as hash`.execute(
    world.deps.db,
  );
  const expected = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
  expect(rows).toEqual([{ hash: expected }]);
  expect(createHmac('sha256', 'Jefe').update('what do ya want for nothing?').digest('hex')).toBe(
    expected,
  );
});

it('finds what was hashed with an earlier secret, regardless of case and whitespace', () => {
  const before = createAddressHasher([OLD]);
  const after = createAddressHasher([NEW, OLD]);
  expect(after.hashes(' Ada@Shop.example ')).toContain(before.hash('ada@shop.example'));
  expect(after.hash('ada@shop.example')).not.toBe(before.hash('ada@shop.example'));
  expect(() => createAddressHasher([])).toThrow(/at least one/);
});
