import type { ChannelKind } from '../channels/channel-kind';
import type { Purpose } from '../purpose';
import { isTransactional } from '../purpose';

/**
 * What a customer has agreed to, for one channel and one purpose.
 *
 * - `none`: nothing is known, or the consent expired or was withdrawn by an operator.
 * - `pending`: requested, not yet confirmed (double opt-in).
 * - `subscribed`: agreed.
 * - `unsubscribed`: opted out. Only a later subscription ends it.
 */
export type ConsentState = 'none' | 'pending' | 'subscribed' | 'unsubscribed';

/** `*` means all channels, or all purposes except `transactional`. */
export interface ConsentRecord {
  readonly channel: ChannelKind | '*';
  readonly purpose: Purpose;
  readonly state: ConsentState;
  /** When the customer stated it. */
  readonly at: Date;
}

export type ConsentGate =
  | { readonly pass: true }
  | {
      readonly pass: false;
      readonly reason: 'suppressed' | 'no-consent' | 'pending-consent' | 'unsubscribed';
    };

const REASONS = {
  none: 'no-consent',
  pending: 'pending-consent',
  unsubscribed: 'unsubscribed',
} as const;

/** Of two records of the same time, the state later in this list applies. */
const STRICTNESS = ['subscribed', 'pending', 'none', 'unsubscribed'] as const;

/**
 * Whether a message may be sent to this address for this purpose. A suppression always blocks it;
 * nothing else blocks a transactional message.
 *
 * Of the records for this channel and purpose, including wildcards, the latest applies. So
 * "unsubscribe from everything" ends each older subscription, and a later explicit subscription
 * applies again.
 *
 * @param intent.suppressed whether the recipient's address is suppressed
 */
export function consentGate(intent: {
  readonly purpose: Purpose;
  readonly channel: ChannelKind;
  readonly consents: readonly ConsentRecord[];
  readonly suppressed: boolean;
}): ConsentGate {
  if (intent.suppressed) return { pass: false, reason: 'suppressed' };
  if (isTransactional(intent.purpose)) return { pass: true };
  const reason = consentReason(consentState(intent.consents, intent.channel, intent.purpose));
  return reason === undefined ? { pass: true } : { pass: false, reason };
}

/** Why a state of consent forbids marketing; undefined if it does not. */
export function consentReason(
  state: ConsentState,
): 'no-consent' | 'pending-consent' | 'unsubscribed' | undefined {
  return state === 'subscribed' ? undefined : REASONS[state];
}

/**
 * The record after a change.
 *
 * - A change older than the current record has no effect.
 * - Of two statements of the same time the stricter one wins, except that a confirmation
 *   (`subscribed`) may have the same time as its request (`pending`).
 * - A new request (`pending`) does not replace a subscription.
 * - An expiry (`none`) does not lift an opt-out.
 */
export function nextConsent(
  current: ConsentRecord | undefined,
  change: ConsentRecord,
): ConsentRecord {
  if (current === undefined) return change;
  if (change.at < current.at) return current;
  if (current.state === 'subscribed' && change.state === 'pending') return current;
  if (current.state === 'unsubscribed' && change.state === 'none') return current;
  const answersRequest = current.state === 'pending' && change.state === 'subscribed';
  const sameTime = change.at.getTime() === current.at.getTime();
  if (sameTime && !answersRequest && strictness(change) < strictness(current)) return current;
  return change;
}

/**
 * The purposes that a change of consent ended: the customer was subscribed on some channel before
 * the change and is on none after it, so journeys with such a purpose can no longer reach them.
 *
 * @returns each purpose named by a record, sorted; `*` where a subscription to everything ended
 */
export function lostPurposes(
  before: readonly ConsentRecord[],
  after: readonly ConsentRecord[],
): Purpose[] {
  const named = new Set([...before, ...after].map((record) => record.purpose));
  return [...named]
    .filter((purpose) => !isTransactional(purpose))
    .filter((purpose) => reachable(before, purpose) && !reachable(after, purpose))
    .toSorted();
}

function reachable(consents: readonly ConsentRecord[], purpose: Purpose): boolean {
  // A record for all channels may leave a channel subscribed that no record names.
  const channels = new Set<ChannelKind | '*'>(['*', ...consents.map(({ channel }) => channel)]);
  return [...channels].some((each) => consentState(consents, each, purpose) === 'subscribed');
}

/** The state that applies to a channel (`*`: any channel without a record) and a purpose. */
export function consentState(
  consents: readonly ConsentRecord[],
  channel: ChannelKind | '*',
  purpose: Purpose,
): ConsentState {
  return applyingConsent(consents, channel, purpose)?.state ?? 'none';
}

/** The record that applies to a channel and a purpose; undefined if there is none. */
export function applyingConsent(
  consents: readonly ConsentRecord[],
  channel: ChannelKind | '*',
  purpose: Purpose,
): ConsentRecord | undefined {
  const inOrder = consents
    .filter((record) => record.channel === channel || record.channel === '*')
    .filter((record) => record.purpose === purpose || record.purpose === '*')
    .toSorted((a, b) => a.at.getTime() - b.at.getTime() || strictness(a) - strictness(b));
  let held: ConsentRecord | undefined;
  for (const record of inOrder) held = nextConsent(held, record);
  return held;
}

function strictness(record: ConsentRecord): number {
  return STRICTNESS.indexOf(record.state);
}
