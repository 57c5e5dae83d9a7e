import * as fc from 'fast-check';

import { unitInterval } from '../../../src/domain/experiments/hash';
import specification from './hash-cases.json';

describe('unitInterval', () => {
  it.each(specification.cases)(
    'version $version gives seed "$seed" its number',
    ({ version, seed, unit, expected }) => {
      expect(version).toBe(1);
      expect(unitInterval(1, seed, unit)).toBe(expected);
    },
  );

  it('lies in [0, 1) and never changes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (seed, unit) => {
        const number = unitInterval(1, seed, unit);
        expect(number).toBeGreaterThanOrEqual(0);
        expect(number).toBeLessThan(1);
        expect(unitInterval(1, seed, unit)).toBe(number);
      }),
    );
  });

  it('is uniform over units for any seed', () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const bins = Array.from({ length: 10 }, () => 0);
        const units = 2000;
        for (let unit = 0; unit < units; unit += 1) {
          const bin = Math.floor(unitInterval(1, seed, `customer-${unit}`) * 10);
          bins[bin] = (bins[bin] ?? 0) + 1;
        }
        const expected = units / 10;
        const chiSquare = bins.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
        // 9 degrees of freedom: 44.8 is exceeded once in a million.
        expect(chiSquare).toBeLessThan(44.8);
      }),
      { numRuns: 20 },
    );
  });

  it('rejects an unknown version', () => {
    // @ts-expect-error only version 1 exists
    expect(() => unitInterval(2, 'seed', 'unit')).toThrow('hash version 2; expected 1');
  });
});
