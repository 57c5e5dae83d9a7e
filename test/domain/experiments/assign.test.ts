import * as fc from 'fast-check';

import { assign, inHoldout } from '../../../src/domain/experiments/assign';

const units = Array.from({ length: 4000 }, (_, index) => `customer-${index}`);

describe('assign', () => {
  it('gives a customer the same arm at every call, in whatever order the arms are listed', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (seed, unit) => {
        const one = assign({ seed, unit, arms: { control: 2, discount: 1, gift: 1 } });
        const other = assign({ seed, unit, arms: { gift: 1, control: 2, discount: 1 } });
        expect(other).toEqual(one);
      }),
    );
  });

  it('never chooses an arm of weight 0, and its propensities are the normalised weights', () => {
    const weights = fc.dictionary(
      fc.string({ minLength: 1 }),
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      { minKeys: 1 },
    );
    fc.assert(
      fc.property(fc.string(), weights, (unit, arms) => {
        const total = Object.values(arms).reduce((sum, weight) => sum + weight, 0);
        fc.pre(total > 0);
        const { arm, propensity } = assign({ seed: 'any', unit, arms });
        expect(arms[arm]).toBeGreaterThan(0);
        expect(propensity).toBeGreaterThan(0);
        expect(propensity).toBeLessThanOrEqual(1);
        expect(propensity).toBeCloseTo((arms[arm] ?? 0) / total, 9);
      }),
    );
  });

  it('splits customers by the weights', () => {
    const arms = { control: 0.5, discount: 0.3, gift: 0.2 };
    const counts: Record<string, number> = {};
    for (const unit of units) {
      const { arm } = assign({ seed: 'split', unit, arms });
      counts[arm] = (counts[arm] ?? 0) + 1;
    }
    for (const [arm, weight] of Object.entries(arms)) {
      expect(Math.abs((counts[arm] ?? 0) / units.length - weight)).toBeLessThan(0.04);
    }
  });

  it('draws independently for another seed', () => {
    const arms = { a: 1, b: 1 };
    const agreeing = units.filter(
      (unit) => assign({ seed: 'one', unit, arms }).arm === assign({ seed: 'two', unit, arms }).arm,
    );
    expect(agreeing.length / units.length).toBeGreaterThan(0.45);
    expect(agreeing.length / units.length).toBeLessThan(0.55);
  });

  it.each([
    ['no arm', {}, 'no arm of experiment "e" with a weight above 0'],
    ['weights of 0 only', { a: 0, b: 0 }, 'no arm of experiment "e" with a weight above 0'],
    ['a negative weight', { a: 1, b: -1 }, 'weight -1 of arm "b"'],
    ['a weight that is no number', { a: Number.NaN }, 'weight NaN of arm "a"'],
    ['weights whose sum overflows', { a: Number.MAX_VALUE, b: Number.MAX_VALUE }, 'not finite'],
  ])('refuses %s with a sentence', (_, arms, message) => {
    expect(() => assign({ seed: 'e', unit: 'u', arms })).toThrow(message);
  });
});

describe('inHoldout', () => {
  it('holds out about the given share, nobody at 0 and everybody at 1', () => {
    const held = units.filter((unit) => inHoldout({ seed: 'h', unit, share: 0.05 }));
    expect(Math.abs(held.length / units.length - 0.05)).toBeLessThan(0.015);
    expect(units.some((unit) => inHoldout({ seed: 'h', unit, share: 0 }))).toBe(false);
    expect(units.every((unit) => inHoldout({ seed: 'h', unit, share: 1 }))).toBe(true);
  });

  it('keeps all members when the share grows', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.string(), share, share, (unit, a, b) => {
        const small = inHoldout({ seed: 'h', unit, share: Math.min(a, b) });
        const large = inHoldout({ seed: 'h', unit, share: Math.max(a, b) });
        expect(small && !large).toBe(false);
      }),
    );
  });

  it('is independent of an experiment of the same seed', () => {
    const held = units.filter((unit) => inHoldout({ seed: 'same', unit, share: 0.5 }));
    const inA = held.filter(
      (unit) => assign({ seed: 'same', unit, arms: { a: 1, b: 1 } }).arm === 'a',
    );
    expect(Math.abs(inA.length / held.length - 0.5)).toBeLessThan(0.05);
  });

  it.each([-0.1, 1.1, Number.NaN])('refuses the share %d', (share) => {
    expect(() => inHoldout({ seed: 'h', unit: 'u', share })).toThrow(
      'expected a share from 0 to 1',
    );
  });
});
