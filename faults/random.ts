import { unsafeUniformIntDistribution, xoroshiro128plus } from 'pure-rand';

/** Random choices from a seed. */
export interface Random {
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly [T, ...T[]]): T;
  shuffled<T>(items: readonly T[]): T[];
}

/** The same seed gives the same choices on every machine. */
export function seeded(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const between = (least: number, most: number) =>
    unsafeUniformIntDistribution(least, most, generator);
  return {
    between,
    chance: (probability) => between(0, 999_999) < probability * 1_000_000,
    pick: <T>(items: readonly [T, ...T[]]) => items[between(0, items.length - 1)] as T,
    shuffled<T>(items: readonly T[]) {
      const rest = [...items];
      const mixed: T[] = [];
      while (rest.length > 0) mixed.push(...rest.splice(between(0, rest.length - 1), 1));
      return mixed;
    },
  };
}
