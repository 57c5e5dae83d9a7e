import type { ChannelKind } from '../channels/channel-kind';
import type { Purpose } from '../purpose';
import { consentState, type ConsentRecord } from './consent';

export interface Restart {
  readonly purpose: Purpose;
  /** A request that the word confirms, or a subscription that STOP had ended. */
  readonly was: 'pending' | 'stopped';
}

/**
 * What somebody who writes START on a channel gets back: their requests there that wait to be
 * confirmed, and what they were subscribed to when they wrote STOP there. It subscribes to nothing
 * that they never asked for, and not to what they left by another way.
 */
export function restartOf(
  consents: readonly ConsentRecord[],
  channel: ChannelKind,
): readonly Restart[] {
  const stop = consents.find((each) => each.channel === channel && each.purpose === '*');
  const farewell = consents.find((each) => each.channel === '*' && each.purpose === '*');
  const stopHolds =
    stop?.state === 'unsubscribed' &&
    !(farewell?.state === 'unsubscribed' && farewell.at > stop.at);
  const found = new Map<Purpose, Restart>();
  for (const { channel: on, purpose, state } of consents) {
    if (purpose === '*' || (on !== channel && on !== '*')) continue;
    const now = consentState(consents, channel, purpose);
    if (on === channel && state === 'pending' && now === 'pending') {
      found.set(purpose, { purpose, was: 'pending' });
    }
    const own = consents.find((each) => each.channel === channel && each.purpose === purpose);
    const left = own?.state === 'unsubscribed';
    if (state === 'subscribed' && now === 'unsubscribed' && stopHolds && !left) {
      found.set(purpose, { purpose, was: 'stopped' });
    }
  }
  return [...found.values()].toSorted((a, b) => (a.purpose < b.purpose ? -1 : 1));
}
