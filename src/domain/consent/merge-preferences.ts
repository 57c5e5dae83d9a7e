import { BEST_TIMES, NO_PREFERENCES, type Preferences } from './preferences';

/** One customer's preferences, and when they were last changed. */
export interface DatedPreferences {
  readonly preferences: Preferences;
  readonly updatedAt: Date;
}

/**
 * Merges the preferences of two customers who are the same person. For each field the latest value
 * wins, and a value that only one of them set is kept. Of two values of the same time the stricter
 * one wins. A pause of either lasts to its end.
 *
 * Commutative and idempotent.
 */
export function mergePreferences(a: DatedPreferences, b: DatedPreferences): DatedPreferences {
  const [later, earlier] = a.updatedAt >= b.updatedAt ? [a, b] : [b, a];
  const same = later.updatedAt.getTime() === earlier.updatedAt.getTime();
  const one = later.preferences;
  const other = earlier.preferences;
  const pick = <T>(x: T | null, y: T | null, stricter: (x: T, y: T) => T): T | null => {
    if (x === null || y === null) return x ?? y;
    return same ? stricter(x, y) : x;
  };
  const flags = <T extends Readonly<Record<string, boolean>>>(x: T, y: T): T => {
    const merged: Record<string, boolean> = { ...y, ...x };
    if (same)
      for (const name of Object.keys(y)) merged[name] = (x[name] ?? true) && y[name] === true;
    return merged as T;
  };
  return {
    updatedAt: later.updatedAt,
    preferences: {
      ...NO_PREFERENCES,
      channels: flags(one.channels, other.channels),
      topics: flags(one.topics, other.topics),
      maxPerWeek: pick(one.maxPerWeek, other.maxPerWeek, Math.min),
      digest: pick(one.digest, other.digest, (x, y) => (x === 'weekly' ? x : y)),
      quietHours: pick(one.quietHours, other.quietHours, (x, y) => longerNight(x, y)),
      bestTime: pick(one.bestTime, other.bestTime, (x, y) =>
        BEST_TIMES[x][0] >= BEST_TIMES[y][0] ? x : y,
      ),
      pausedUntil: laterMoment(one.pausedUntil, other.pausedUntil),
    },
  };
}

type Night = NonNullable<Preferences['quietHours']>;

/** The longer quiet hours; if both are equally long, the choice is deterministic. */
function longerNight(a: Night, b: Night): Night {
  const difference = minutes(a) - minutes(b);
  if (difference !== 0) return difference > 0 ? a : b;
  return `${a.from} ${a.to}` >= `${b.from} ${b.to}` ? a : b;
}

function minutes({ from, to }: Night): number {
  const of = (time: string) => {
    const [hour = '0', minute = '0'] = time.split(':');
    return Number(hour) * 60 + Number(minute);
  };
  return (of(to) - of(from) + 1440) % 1440;
}

function laterMoment(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  const difference = Date.parse(a) - Date.parse(b);
  if (difference !== 0) return difference > 0 ? a : b;
  return a >= b ? a : b;
}
