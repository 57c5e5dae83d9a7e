import * as fc from 'fast-check';
import { LIFECYCLE_STAGES, lifecycleOf } from '../../../src/domain/profile/lifecycle';

const NOW = new Date('2026-06-01T00:00:00Z');
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000).toISOString();

it.each([
  [0, null, false, 'anonymous', null],
  [0, null, true, 'lead', null],
  [1, 0, true, 'first order', 90],
  [1, 89.9, false, 'first order', 0.1],
  [2, 10, true, 'active', 80],
  [4, 10, true, 'active', 80],
  [5, 10, true, 'loyal', 80],
  [9, 90, true, 'at risk', 90],
  [1, 179, true, 'at risk', 1],
  [9, 180, true, 'lapsed', null],
] as const)(
  'with %s orders, the last %s days ago, and known %s is %s',
  (orders, ago, known, stage, days) => {
    const lastOrderAt = ago === null ? null : daysAgo(ago);
    const found = lifecycleOf({ orders, lastOrderAt }, known, {}, NOW);
    expect(found.stage).toBe(stage);
    const left = found.until === null ? null : (found.until.getTime() - NOW.getTime()) / 86_400_000;
    if (days === null) expect(left).toBeNull();
    else expect(left).toBeCloseTo(days, 3);
  },
);

it('takes the thresholds from the policy', () => {
  const limits = { loyalOrders: 2, atRiskAfter: '10 days', lapsedAfter: '20 days' } as const;
  const stage = (orders: number, ago: number) =>
    lifecycleOf({ orders, lastOrderAt: daysAgo(ago) }, true, limits, NOW).stage;
  expect([stage(2, 1), stage(2, 10), stage(2, 20)]).toEqual(['loyal', 'at risk', 'lapsed']);
});

it('changes at the time that it predicts, and not before', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 400 }), (orders, ago) => {
      const computed = { orders, lastOrderAt: orders === 0 ? null : daysAgo(ago) };
      const { stage, until } = lifecycleOf(computed, true, {}, NOW);
      expect(LIFECYCLE_STAGES).toContain(stage);
      if (until === null) return;
      const before = new Date(until.getTime() - 1);
      if (before >= NOW) expect(lifecycleOf(computed, true, {}, before).stage).toBe(stage);
      expect(lifecycleOf(computed, true, {}, until).stage).not.toBe(stage);
    }),
  );
});
