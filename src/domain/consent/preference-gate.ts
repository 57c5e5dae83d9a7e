import type { ChannelKind } from '../channels/channel-kind';
import type { CapRule } from '../decision/caps';
import type { QuietHours } from '../decision/quiet-hours';
import { isTransactional, type Purpose } from '../purpose';
import type { Preferences } from './preferences';

export type PreferenceGate =
  | { readonly pass: true }
  | {
      readonly pass: false;
      readonly reason: 'paused' | 'topic-off' | 'channel-off';
      /** When the gate passes again, if that is known. */
      readonly opensAt?: Date;
    };

/**
 * Whether the customer wants messages of this purpose on this channel now: no pause, the topic on,
 * the channel on. A message does not wait for the end of a pause, since it may be outdated by then.
 * Transactional messages always pass.
 */
export function preferenceGate(intent: {
  readonly preferences: Preferences;
  readonly channel: ChannelKind;
  readonly purpose: Purpose;
  readonly now: Date;
}): PreferenceGate {
  const { preferences, channel, purpose, now } = intent;
  if (isTransactional(purpose)) return { pass: true };
  const { pausedUntil } = preferences;
  if (pausedUntil !== null && new Date(pausedUntil) > now) {
    return { pass: false, reason: 'paused', opensAt: new Date(pausedUntil) };
  }
  if (Object.hasOwn(preferences.topics, purpose) && preferences.topics[purpose] === false) {
    return { pass: false, reason: 'topic-off' };
  }
  if (preferences.channels[channel] === false) return { pass: false, reason: 'channel-off' };
  return { pass: true };
}

/** The customer's own limit, as a cap in addition to those of the policy. */
export function ownCap({ maxPerWeek }: Preferences): readonly CapRule[] {
  return maxPerWeek === null ? [] : [{ name: 'own choice', max: maxPerWeek, window: '7 days' }];
}

/** The customer's own quiet hours, as an additional rule for every channel. */
export function ownQuietHours({ quietHours }: Preferences): readonly QuietHours[] {
  return quietHours === null ? [] : [quietHours];
}
