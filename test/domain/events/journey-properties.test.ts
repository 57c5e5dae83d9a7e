import { z } from 'zod';

import { standardEvents } from '../../../src/domain/events';
import { journeyProperties } from '../../../src/domain/events/journey-properties';
import type { JourneyProperties } from '../../../src/domain/events/journey-properties';
import { personal } from '../../../src/domain/events/personal';

/** `true` only where both types are exactly the same. */
type Same<A, B> = [A, B] extends [B, A] ? true : false;

const schema = z.looseObject({
  id: z.string(),
  total: z.number().optional(),
  gift: z.boolean().nullable(),
  size: z.enum(['s', 'm']).nullish(),
  rating: z.union([z.string(), z.number()]),
  version: z.literal(2).default(2),
  at: z.iso.datetime(),
  email: personal(z.string()),
  phone: personal(z.string().min(3)).optional(),
  name: personal(z.string()).max(80).nullish(),
  contact: z.union([z.number(), personal(z.string())]),
  address: personal(z.looseObject({ street: z.string() })),
  lines: z.array(z.string()),
  nested: z.object({ a: z.string() }),
  anything: z.unknown(),
  query: z.union([z.string(), z.object({})]),
});

const sent = {
  id: 'o-1',
  gift: null,
  rating: '5',
  version: 2,
  at: '2026-03-10T12:00:00Z',
  email: 'a@example.com',
  phone: '12345',
  name: 'Ann',
  contact: 7,
  address: { street: 'x' },
  lines: ['a'],
  nested: { a: 'b' },
  anything: 'text',
  query: 'text',
  undeclared: 'x',
};

describe('journeyProperties', () => {
  it('picks the declared scalars that are not personal, as they were sent', () => {
    expect(journeyProperties(schema, sent)).toEqual({
      id: 'o-1',
      gift: null,
      rating: '5',
      version: 2,
      at: '2026-03-10T12:00:00Z',
    });
  });

  it('agrees with the type of the same name', () => {
    type Picked = JourneyProperties<z.output<typeof schema>>;
    const facts: [
      Same<keyof Picked, 'id' | 'total' | 'gift' | 'size' | 'rating' | 'version' | 'at'>,
      Same<Picked['total'], number | undefined>,
      Same<Picked['gift'], boolean | null>,
      Same<Picked['size'], 's' | 'm' | null | undefined>,
    ] = [true, true, true, true];
    const least: Picked = { id: 'x', gift: true, rating: 1, version: 2, at: '' };
    expect([facts, Object.keys(least)]).toHaveLength(2);
  });

  it('leaves out texts of more than 500 characters', () => {
    const text = z.object({ text: z.string() });
    expect(journeyProperties(text, { text: 'x'.repeat(500) })).toHaveProperty('text');
    expect(journeyProperties(text, { text: 'x'.repeat(501) })).toEqual({});
  });

  it('leaves out a value of another type than the declared one', () => {
    expect(journeyProperties(z.object({ n: z.coerce.number() }), { n: '7' })).toEqual({});
  });

  it('finds the mark of a personal schema under every wrapper', () => {
    const mail = personal(z.string());
    const wrapped = z.object({
      a: mail.optional(),
      b: mail.nullable(),
      c: personal(z.string().default('x')),
      d: mail.readonly(),
      e: z.lazy(() => mail),
      f: mail.describe('an address').trim(),
      g: mail.transform((text) => text.length),
      h: mail.transform((text) => text.trim()).pipe(z.string()),
      i: mail.refine(() => true).optional(),
      j: mail.and(z.string()),
    });
    const all = Object.fromEntries(Object.keys(wrapped.shape).map((key) => [key, 'a@example.com']));
    expect(journeyProperties(wrapped, all)).toEqual({});
  });

  it('does not change the original schema', () => {
    const text = z.string();
    const both = z.object({ email: personal(text), plan: text });
    expect(journeyProperties(both, { email: 'a@example.com', plan: 'pro' })).toEqual({
      plan: 'pro',
    });
  });

  it('uses the matching option of a union', () => {
    const union = z.union([
      z.object({ kind: z.literal('a'), a: z.string() }),
      z.object({ kind: z.literal('b'), b: z.string() }),
    ]);
    expect(journeyProperties(union, { kind: 'b', a: 'x', b: 'y' })).toEqual({ kind: 'b', b: 'y' });
  });

  it('treats a property as personal if either side of an intersection does', () => {
    const both = z.intersection(
      z.object({ email: z.string(), a: z.string() }),
      z.object({ email: personal(z.string()), b: z.string() }),
    );
    expect(journeyProperties(both, { email: 'a@example.com', a: '1', b: '2' })).toEqual({
      a: '1',
      b: '2',
    });
  });

  it('never reads a property from a prototype', () => {
    expect(journeyProperties(z.object({ toString: z.string().optional() }), {})).toEqual({});
  });

  it('types the standard events precisely', () => {
    type Order = JourneyProperties<z.output<(typeof standardEvents)['Order Completed']>>;
    const facts: [
      Same<Order['order_id'], string | null | undefined>,
      Same<Order['total'], number | null | undefined>,
    ] = [true, true];
    // @ts-expect-error an e-mail address is personal
    const email: keyof Order = 'email';
    // @ts-expect-error lists stay in Postgres
    const products: keyof Order = 'products';
    // @ts-expect-error nobody declared it
    const typo: keyof Order = 'totl';
    expect([facts, email, products, typo]).toHaveLength(4);
  });
});
