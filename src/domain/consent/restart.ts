import type { ChannelKind } from '../channels/channel-kind';
import type { Purpose } from '../purpose';
import { consentState, type ConsentRecord } from './consent';

export interface Restart {
  readonly purpose: Purpose;
  /** A request that START confirms, or a subscription that STOP had ended. */
  readonly was: 'pending' | 'stopped';
}

/**
 * What START on a channel subscribes a customer to: their pending requests on it, and the
 * subscriptions that STOP ended. It includes nothing that they never requested, or unsubscribed from
 * in another way.
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
