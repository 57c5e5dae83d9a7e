import type { ChannelKind } from '../channels/channel-kind';
import type { Purpose } from '../purpose';
import { isTransactional } from '../purpose';

/**
 * What a customer has agreed to, for one channel and one purpose.
 *
 * - `none`: nothing is known, or what was known was withdrawn by an operator.
 * - `pending`: asked for, not yet confirmed (double opt-in).
 * - `subscribed`: agreed.
 * - `unsubscribed`: opted out. Only a later subscription ends it.
 */
export type ConsentState = 'none' | 'pending' | 'subscribed' | 'unsubscribed';

/** `*` stands for all channels, or all purposes but `transactional`. */
export interface ConsentRecord {
  readonly channel: ChannelKind | '*';
  readonly purpose: Purpose;
  readonly state: ConsentState;
  /** When the customer said so. */
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

/** Where two records are of the same time, the later one of this list holds. */
const STRICTNESS = ['subscribed', 'pending', 'none', 'unsubscribed'] as const;

/**
 * Whether one may write to this address for this purpose. Suppression always wins; a transactional
 * message asks for nothing else.
 *
 * Of the records for this channel and purpose, wildcards included, the latest holds, so that
 * "unsubscribe from everything" ends each older subscription and an explicit subscription after it
 * counts again.
 *
 * @param intent.suppressed the address that would be written to is suppressed
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

/** Why a state of consent forbids marketing; undefined where it does not. */
export function consentReason(
  state: ConsentState,
): 'no-consent' | 'pending-consent' | 'unsubscribed' | undefined {
  return state === 'subscribed' ? undefined : REASONS[state];
}

/**
 * The record that holds after a change.
 *
 * - A change older than what is known is late news and changes nothing.
 * - Of two statements of the same time the stricter holds, save that a confirmation (`subscribed`)
 *   may be as old as the request (`pending`) that it answers.
 * - Asking again (`pending`) takes no subscription away.
 * - Forgetting (`none`) lifts no opt-out.
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
 * The purposes that a change of consent ended: some channel was subscribed before, and none is
 * after. Journeys that write for such a purpose have nobody left to write to.
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

/** The state that applies to a channel (`*`: one that no record names) and a purpose. */
export function consentState(
  consents: readonly ConsentRecord[],
  channel: ChannelKind | '*',
  purpose: Purpose,
): ConsentState {
  return applyingConsent(consents, channel, purpose)?.state ?? 'none';
}

/** The record that applies to a channel and a purpose; undefined where none does. */
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
