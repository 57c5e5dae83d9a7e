import { durationMs } from '../../src/domain/duration';
import type { Condition, ValueTest } from '../../src/domain/segments/condition';

/** A customer as the test tracks them: every event, and the latest traits, consents and predictions. */
export interface Remembered {
  readonly userId: string;
  readonly events: { readonly name: string; readonly at: number; readonly properties: object }[];
  traits: Readonly<Record<string, unknown>>;
  readonly consents: Map<string, string>;
  readonly predictions: Map<string, { readonly value: number; readonly at: number }>;
}

/**
 * A reference implementation of conditions, as simple as possible and without a database: it scans
 * every event each time. The engine's results are compared with it.
 */
export function holds(condition: Condition, customer: Remembered, now: number): boolean {
  switch (condition.kind) {
    case 'all':
      return condition.of.every((each) => holds(each, customer, now));
    case 'any':
      return condition.of.some((each) => holds(each, customer, now));
    case 'not':
      return !holds(condition.of, customer, now);
    case 'trait':
      return passes(condition.test, customer.traits[condition.trait], now);
    case 'computed':
      return passes(condition.test, computedOf(customer)[condition.trait], now);
    case 'lifecycle':
      return condition.stages.some((stage) => stage === stageOf(customer, now));
    case 'consent':
      return condition.states.some(
        (state) =>
          state === (customer.consents.get(`${condition.channel} ${condition.purpose}`) ?? 'none'),
      );
    case 'prediction': {
      const found = customer.predictions.get(condition.prediction);
      if (found === undefined) return false;
      const { maxAge, test } = condition;
      if (maxAge !== null && found.at <= now - durationMs(maxAge)) return false;
      return passes(test, found.value, now);
    }
    case 'event': {
      const { event, where, within, atLeast, atMost } = condition;
      const from = within === null ? Number.NEGATIVE_INFINITY : now - durationMs(within);
      const count = customer.events.filter(
        ({ name, at, properties }) =>
          name === event &&
          at > from &&
          Object.entries(where).every(([property, test]) =>
            passes(test, (properties as Record<string, unknown>)[property], now),
          ),
      ).length;
      return (atLeast === null || count >= atLeast) && (atMost === null || count <= atMost);
    }
    case 'mood':
      throw new Error('The reference knows no moods.');
  }
}

function computedOf({ events }: Remembered): Readonly<Record<string, unknown>> {
  const orders = events.filter(({ name }) => name === 'Order Completed');
  const cancelled = new Set(
    events.filter(({ name }) => name === 'Order Cancelled').map((event) => orderIn(event)),
  );
  const counted = orders.filter((order) => !cancelled.has(orderIn(order)));
  const times = events.map(({ at }) => at).toSorted((a, b) => a - b);
  const sessions = times.filter(
    (at, nth) => nth === 0 || at - (times[nth - 1] ?? 0) > 30 * 60_000,
  ).length;
  const spend = counted.reduce((sum, order) => sum + totalIn(order), 0);
  const last = Math.max(...counted.map(({ at }) => at));
  return {
    orders: counted.length,
    spend,
    averageOrder: counted.length === 0 ? null : Math.round((spend / counted.length) * 1e4) / 1e4,
    lastOrderAt: counted.length === 0 ? null : new Date(last).toISOString(),
    lastSeen: times.length === 0 ? null : new Date(times.at(-1) ?? 0).toISOString(),
    sessions,
  };
}

function stageOf(customer: Remembered, now: number): string {
  const { orders, lastOrderAt } = computedOf(customer);
  if (typeof lastOrderAt !== 'string') return 'lead'; // all have a user id
  const age = (now - Date.parse(lastOrderAt)) / 86_400_000;
  if (age >= 180) return 'lapsed';
  if (age >= 90) return 'at risk';
  if (orders === 1) return 'first order';
  return (orders as number) >= 5 ? 'loyal' : 'active';
}

const orderIn = ({ properties }: { readonly properties: object }) =>
  (properties as { order_id: string }).order_id;
const totalIn = ({ properties }: { readonly properties: object }) =>
  (properties as { total: number }).total;

function passes(test: ValueTest, value: unknown, now: number): boolean {
  const present = value !== undefined && value !== null;
  if (test.exists !== undefined && test.exists !== present) return false;
  if (!present) return Object.keys(test).every((key) => key === 'exists');
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  const edge = (bound: NonNullable<ValueTest['after']>) => {
    if (typeof bound === 'string') return Date.parse(bound);
    return 'ago' in bound ? now - durationMs(bound.ago) : now + durationMs(bound.ahead);
  };
  const above = (a: unknown, b: unknown) => typeof a === typeof b && (a as number) > (b as number);
  const same = (a: unknown, b: unknown) => a === b;
  return (
    (test.is === undefined || same(value, test.is)) &&
    (test.isNot === undefined || !same(value, test.isNot)) &&
    (test.oneOf === undefined || test.oneOf.some((each) => same(each, value))) &&
    (test.atLeast === undefined || above(value, test.atLeast) || same(value, test.atLeast)) &&
    (test.atMost === undefined || above(test.atMost, value) || same(value, test.atMost)) &&
    (test.above === undefined || above(value, test.above)) &&
    (test.below === undefined || above(test.below, value)) &&
    (test.after === undefined || at > edge(test.after)) &&
    (test.before === undefined || at <= edge(test.before))
  );
}
