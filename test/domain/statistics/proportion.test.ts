import { differenceOf, rateOf } from '../../../src/domain/statistics/proportion';

/** Newcombe (1998), table II, method 10. */
it.each([
  [56, 70, 48, 80, 0.2, 0.0524, 0.3339],
  [9, 10, 3, 10, 0.6, 0.1705, 0.809],
  [5, 56, 0, 29, 0.0893, -0.0381, 0.1926],
])('%i of %i against %i of %i', (a, m, b, n, estimate, low, high) => {
  const found = differenceOf({ successes: a, trials: m }, { successes: b, trials: n });
  expect(found?.estimate).toBeCloseTo(estimate, 4);
  expect(found?.low).toBeCloseTo(low, 4);
  expect(found?.high).toBeCloseTo(high, 4);
});

it('has no rate and no difference without trials', () => {
  const none = { successes: 0, trials: 0 };
  expect(rateOf(none)).toBeNull();
  expect(differenceOf(none, { successes: 1, trials: 2 })).toBeNull();
});
