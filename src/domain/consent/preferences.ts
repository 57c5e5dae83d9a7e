import { isChannelKind, type ChannelKind } from '../channels/channel-kind';
import type { JsonObject } from '../json';
import { parseTimeOfDay } from '../schedule/time-of-day';

/** The time of day at which a customer prefers messages; see `BEST_TIMES` for the hours. */
export type BestTime = 'morning' | 'afternoon' | 'evening';

/** The local hours of each time of day: from the first (inclusive) to the second (exclusive). */
export const BEST_TIMES: Readonly<Record<BestTime, readonly [from: string, to: string]>> = {
  morning: ['08:00', '12:00'],
  afternoon: ['12:00', '17:00'],
  evening: ['17:00', '21:00'],
};

/** The highest weekly limit that a customer may set. */
export const MAX_PER_WEEK = 50;

/**
 * What a customer would like, within what they consented to. A field that the customer has not set
 * is null or an empty record. Preferences apply to marketing only, not to transactional messages.
 */
export interface Preferences {
  /** False for a channel that is turned off. A missing channel is on. */
  readonly channels: Readonly<Partial<Record<ChannelKind, boolean>>>;
  /** False for a topic that is turned off. A missing topic is on. */
  readonly topics: Readonly<Record<string, boolean>>;
  /** The maximum number of marketing messages in seven days, as an additional cap. 0 means none. */
  readonly maxPerWeek: number | null;
  /** Whether marketing waits for a daily or weekly (Monday) time of sending. */
  readonly digest: 'daily' | 'weekly' | null;
  /** Local hours without marketing, in addition to those of the policy. */
  readonly quietHours: { readonly from: string; readonly to: string } | null;
  readonly bestTime: BestTime | null;
  /** ISO 8601. Until then no marketing is sent. */
  readonly pausedUntil: string | null;
}

export const NO_PREFERENCES: Preferences = {
  channels: {},
  topics: {},
  maxPerWeek: null,
  digest: null,
  quietHours: null,
  bestTime: null,
  pausedUntil: null,
};

/** The fields to change; channels and topics that are not named stay as they are. */
export type PreferenceChange = Partial<Preferences>;

/**
 * The preferences after a change. Null clears a field.
 *
 * @returns the same object if nothing changes
 */
export function changePreferences(before: Preferences, change: PreferenceChange): Preferences {
  const after: Preferences = {
    ...before,
    ...change,
    channels: { ...before.channels, ...change.channels },
    topics: { ...before.topics, ...change.topics },
  };
  return changedFields(before, after).length === 0 ? before : after;
}

/** The sorted names of the fields that differ, such as `channels.sms` or `digest`. */
export function changedFields(before: Preferences, after: Preferences): readonly string[] {
  const lists = (['channels', 'topics'] as const).flatMap((list) => {
    const was: Readonly<Record<string, boolean>> = before[list];
    const is: Readonly<Record<string, boolean>> = after[list];
    return [...new Set([...Object.keys(was), ...Object.keys(is)])]
      .filter((name) => was[name] !== is[name])
      .map((name) => `${list}.${name}`);
  });
  const fields = (
    ['maxPerWeek', 'digest', 'quietHours', 'bestTime', 'pausedUntil'] as const
  ).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return [...lists, ...fields].toSorted();
}

/** Reads preferences from a row; an invalid value counts as not set. */
export function preferencesIn(stored: JsonObject | null | undefined): Preferences {
  if (stored === null || stored === undefined) return NO_PREFERENCES;
  const { maxPerWeek, digest, quietHours, bestTime, pausedUntil } = stored;
  const channels = Object.entries(flagsIn(stored['channels'])).filter(([name]) =>
    isChannelKind(name),
  );
  return {
    channels: Object.fromEntries(channels),
    topics: flagsIn(stored['topics']),
    maxPerWeek: typeof maxPerWeek === 'number' && maxPerWeek >= 0 ? maxPerWeek : null,
    digest: digest === 'daily' || digest === 'weekly' ? digest : null,
    quietHours: quietHoursIn(quietHours),
    bestTime: isBestTime(bestTime) ? bestTime : null,
    pausedUntil:
      typeof pausedUntil === 'string' && !Number.isNaN(Date.parse(pausedUntil))
        ? pausedUntil
        : null,
  };
}

export function isBestTime(value: unknown): value is BestTime {
  return typeof value === 'string' && Object.hasOwn(BEST_TIMES, value);
}

/** Whether both are times of day that do not cover the whole day. */
export function areQuietHours(from: string, to: string): boolean {
  try {
    return parseTimeOfDay(from) % 1440 !== parseTimeOfDay(to) % 1440;
  } catch {
    return false;
  }
}

function flagsIn(value: unknown): Readonly<Record<string, boolean>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, boolean] => {
      return typeof entry[1] === 'boolean';
    }),
  );
}

function quietHoursIn(value: unknown): Preferences['quietHours'] {
  const { from, to } = (value ?? {}) as { from?: unknown; to?: unknown };
  if (typeof from !== 'string' || typeof to !== 'string') return null;
  return areQuietHours(from, to) ? { from, to } : null;
}
