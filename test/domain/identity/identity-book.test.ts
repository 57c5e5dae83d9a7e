import { DEFAULT_LIMITS, type Identifier } from '../../../src/domain/identity/identifier';
import { IdentityBook } from '../../../src/domain/identity/identity-book';
import type { CallIdentity } from '../../../src/domain/identity/identity-of-call';

const NOW = new Date('2026-03-02T10:00:00Z');

let made = 0;
const book = (limits = DEFAULT_LIMITS) => new IdentityBook(limits, () => `c${++made}`, NOW);

beforeEach(() => {
  made = 0;
});

const user = (value: string): Identifier => ({ kind: 'user_id', value });
const device = (value: string): Identifier => ({ kind: 'anonymous_id', value });
const email = (value: string): Identifier => ({ kind: 'email', value });
const call = (...identifiers: Identifier[]): CallIdentity => ({ identifiers });
const alias = (previousId: string, ...identifiers: Identifier[]): CallIdentity => ({
  identifiers,
  previousId,
});

/** A customer who is stored, with their identifiers. */
function stored(known: IdentityBook, id: string, createdAt: string, ...mine: Identifier[]): void {
  const counts: Partial<Record<Identifier['kind'], number>> = {};
  for (const { kind } of mine) counts[kind] = (counts[kind] ?? 0) + 1;
  known.describe({ id, createdAt: new Date(createdAt), counts });
  for (const each of mine) known.own(each, id);
}

describe('identity resolution', () => {
  it('creates one customer for a device and the user who logs in on it', () => {
    const known = book();
    const browsing = known.settle(call(device('phone')));
    expect(known.settle(call(user('ada'), device('phone')))).toBe(browsing);
    expect(known.settle(call(user('ada')))).toBe(browsing);
    expect([known.created, known.merges]).toEqual([['c1'], []]);
  });

  it('merges what a known user did on another device before they logged in', () => {
    const known = book();
    stored(known, 'ada', '2026-01-01', user('ada'));
    stored(known, 'browser', '2025-01-01', device('laptop'));
    expect(known.settle(call(user('ada'), device('laptop')))).toBe('ada');
    expect(known.merges).toEqual([{ from: 'browser', into: 'ada', cause: 'shared identifier' }]);
    expect(known.current('browser')).toBe('ada');
  });

  it('leaves a shared device with the first user who claimed it', () => {
    const known = book();
    const ada = known.settle(call(user('ada'), device('tablet')));
    const bob = known.settle(call(user('bob'), device('tablet')));
    expect(bob).not.toBe(ada);
    expect(known.settle(call(device('tablet')))).toBe(ada);
    expect(known.merges).toEqual([]);
  });

  it('never merges two users because of a shared address', () => {
    const known = book();
    const ada = known.settle(call(user('ada'), email('family@shop.example')));
    const bob = known.settle(call(user('bob'), email('family@shop.example')));
    expect(bob).not.toBe(ada);
    expect(known.settle(call(email('family@shop.example')))).toBe(ada);
  });

  it('uses the stronger identifier if two belong to different users', () => {
    const known = book();
    const ada = known.settle(call(user('ada'), email('ada@shop.example')));
    const bob = known.settle(call(user('bob'), device('tablet')));
    expect(known.settle(call(email('ada@shop.example'), device('tablet')))).toBe(ada);
    expect(known.settle(call(device('tablet')))).toBe(bob);
  });

  it('merges two users by an alias, into the one whom it names', () => {
    const known = book();
    stored(known, 'old', '2025-01-01', user('old'));
    stored(known, 'new', '2026-01-01', user('new'));
    expect(known.settle(alias('old', user('new')))).toBe('new');
    expect(known.merges).toEqual([{ from: 'old', into: 'new', cause: 'alias' }]);
    expect(known.settle(call(user('old')))).toBe('new');
  });

  it('gives a known user a second user id by an alias, marked as secondary', () => {
    const known = book();
    stored(known, 'ada', '2025-01-01', user('ada'));
    expect(known.settle(alias('ada', user('ada-2')))).toBe('ada');
    expect(known.claims).toEqual([{ ...user('ada-2'), customerId: 'ada', secondary: true }]);
  });

  it('claims the previous anonymous id of an alias, unless another user has it', () => {
    const known = book();
    const ada = known.settle(alias('laptop', user('ada')));
    expect(known.settle(call(device('laptop')))).toBe(ada);
    const bob = known.settle(alias('laptop', user('bob')));
    expect(bob).not.toBe(ada);
    expect(known.settle(call(device('laptop')))).toBe(ada);
  });

  it('keeps the older of two customers without a user id', () => {
    const known = book();
    stored(known, 'later', '2026-02-01', email('ada@shop.example'));
    stored(known, 'first', '2026-01-01', device('laptop'));
    expect(known.settle(call(email('ada@shop.example'), device('laptop')))).toBe('first');
  });

  it('claims and merges no more than the limits allow', () => {
    const known = book({ ...DEFAULT_LIMITS, anonymous_id: 2 });
    const ada = known.settle(call(user('ada'), device('a')));
    known.settle(call(user('ada'), device('b')));
    expect(known.settle(call(user('ada'), device('c')))).toBe(ada);
    const stranger = known.settle(call(device('c')));
    expect(stranger).not.toBe(ada);
    expect(known.settle(call(user('ada'), device('c')))).toBe(ada);
    expect(known.settle(call(device('c')))).toBe(stranger);
  });

  it('stores nothing of a customer who was created and merged in one request', () => {
    const known = book();
    stored(known, 'ada', '2025-01-01', user('ada'));
    const browsing = known.settle(call(device('laptop')));
    expect(known.settle(call(user('ada'), device('laptop')))).toBe('ada');
    expect(known.current(browsing ?? '')).toBe('ada');
    expect([known.created, known.merges]).toEqual([[], []]);
    expect(known.claims).toEqual([{ ...device('laptop'), customerId: 'ada', secondary: false }]);
  });

  it('resolves a chain of merged customers to the last', () => {
    const known = book();
    stored(known, 'a', '2025-01-01', device('a'));
    stored(known, 'b', '2025-01-02', user('b'));
    stored(known, 'c', '2025-01-03', user('c'));
    known.settle(call(user('b'), device('a')));
    known.settle(alias('b', user('c')));
    expect(known.merges).toEqual([
      { from: 'a', into: 'c', cause: 'shared identifier' },
      { from: 'b', into: 'c', cause: 'alias' },
    ]);
  });

  it('finds no customer for a call without identifiers', () => {
    expect(book().settle(call())).toBeUndefined();
  });
});
