import { xoroshiro128plus } from 'pure-rand';
import { uniform } from '../../src/simulation/synthetic-shop';
import type { Condition, SegmentDefinition } from '../../src/domain/segments/condition';
import {
  all,
  any,
  computed,
  consent,
  did,
  lifecycle,
  never,
  not,
  prediction,
  trait,
} from '../../src/journey';

export const NAMES = ['Order Completed', 'Product Viewed', 'Cart Updated', 'Signed In'] as const;
const PLANS = ['gold', 'silver', 'free'] as const;
const WINDOWS = ['1 day', '3 days', '10 days', '30 days', '60 days'] as const;
const DAY = 86_400_000;

export interface Random {
  int(from: number, to: number): number;
  of<T>(values: readonly T[]): T;
}

export function randomOf(seed: number): Random {
  const next = uniform(xoroshiro128plus(seed));
  const int = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  return { int, of: <T>(values: readonly T[]) => values[int(0, values.length - 1)] as T };
}

/** Segments with every kind of condition, nested at random. */
export function randomSegments(count: number, random: Random): Record<string, SegmentDefinition> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`s${at}`, { where: condition(random, 2) }]),
  );
}

function condition(random: Random, depth: number): Condition {
  if (depth > 0 && random.int(0, 2) > 0) {
    const parts = Array.from({ length: random.int(2, 3) }, () => condition(random, depth - 1));
    return random.of([() => all(...parts), () => any(...parts), () => not(all(...parts))])();
  }
  const window = random.of(WINDOWS);
  const count = random.int(1, 8);
  return random.of<() => Condition>([
    () => did(random.of(NAMES), { atLeast: count, within: window }),
    () => did(random.of(NAMES), { atMost: count, within: window }),
    () => did(random.of(NAMES), { atLeast: count, atMost: count + 4 }),
    () => never(random.of(NAMES), { within: window }),
    () =>
      did('Order Completed', { where: { total: { above: random.int(0, 90) } }, within: window }),
    () => trait('plan', { is: random.of(PLANS) }),
    () => trait('plan', { exists: random.int(0, 1) === 0 }),
    () => trait('appointment_at', { after: { ago: 0 }, before: { ahead: window } }),
    () => computed('orders', { atLeast: random.int(1, 60) }),
    () => computed('spend', { above: random.int(0, 2000) }),
    () => computed('averageOrder', { below: random.int(30, 60) }),
    () => computed('sessions', { atLeast: random.int(1, 200) }),
    () => computed('lastSeen', { before: { ago: window } }),
    () => computed('lastOrderAt', { after: { ago: window } }),
    () => lifecycle(random.of(['lead', 'first order', 'active', 'loyal', 'at risk', 'lapsed'])),
    () => consent('email', 'offers', random.of(['subscribed', 'unsubscribed', 'none'])),
    () => prediction('churn', { above: 0.5 }, { maxAge: window }),
  ])();
}

/** Random traits of a customer. */
export function randomTraits(random: Random, now: number): Record<string, unknown> {
  return {
    ...(random.int(0, 1) === 0 && { plan: random.of([...PLANS, null, 7]) }),
    ...(random.int(0, 2) === 0 && {
      appointment_at: random.of([
        new Date(now + random.int(-5, 40) * DAY).toISOString(),
        'one day',
      ]),
    }),
  };
}
