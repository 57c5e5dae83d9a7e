import type { ChannelKind } from '../channels/channel-kind';
import type { Duration } from '../duration';
import { durationMs } from '../duration';
import type { Purpose } from '../purpose';
import { isTransactional } from '../purpose';

/**
 * At most `max` messages to one customer in any stretch of time as long as `window`. With
 * `channels` or `purposes` the rule counts, and holds back, only messages of those.
 */
export interface CapRule {
  readonly name: string;
  readonly max: number;
  readonly window: Duration;
  readonly channels?: readonly ChannelKind[];
  readonly purposes?: readonly Purpose[];
}

/** A message that was sent, or decided and on its way. */
export interface SentMessage {
  readonly at: Date;
  readonly channel: ChannelKind;
  readonly purpose: Purpose;
}

export type CapGate =
  | { readonly pass: true }
  | {
      readonly pass: false;
      readonly reason: 'capped';
      /** The rule that stays closed longest, where several are. */
      readonly rule: CapRule;
      readonly sentInWindow: number;
      /** The first moment at which every rule passes, if nothing else is sent until then. */
      readonly opensAt: Date;
    };

/**
 * Holds a message back that would be one too many. Windows roll: a message counts until `window`
 * has passed since it was sent, and at exactly `at + window` it counts no longer. One that lies
 * after `now` counts, too: the clocks of two workflows may differ by a little, and a cap must not
 * leak there. Transactional messages are neither counted nor capped.
 *
 * A rule that nothing can satisfy (`max` of 0) is looked at again after one window.
 *
 * @throws {RangeError} a rule's window is no duration
 */
export function capGate(intent: {
  readonly rules: readonly CapRule[];
  readonly sent: readonly SentMessage[];
  readonly candidate: { readonly channel: ChannelKind; readonly purpose: Purpose };
  readonly now: Date;
}): CapGate {
  const { rules, sent, candidate, now } = intent;
  if (isTransactional(candidate.purpose)) return { pass: true };
  let longest: (CapGate & { pass: false }) | undefined;
  for (const rule of rules) {
    if (!concerns(rule, candidate)) continue;
    const counted = sent.filter((message) => concerns(rule, message));
    const closed = closedRule(rule, counted, now);
    if (closed !== undefined && (longest === undefined || closed.opensAt > longest.opensAt)) {
      longest = closed;
    }
  }
  return longest ?? { pass: true };
}

function closedRule(
  rule: CapRule,
  messages: readonly SentMessage[],
  now: Date,
): (CapGate & { pass: false }) | undefined {
  const windowMs = durationMs(rule.window);
  const times = messages
    .map((message) => message.at.getTime())
    .filter((at) => at + windowMs > now.getTime())
    .toSorted((a, b) => a - b);
  if (times.length + 1 <= rule.max) return undefined;
  // Room for one more comes when so many have left the window that `max - 1` remain.
  const lastToLeave = times[times.length - Math.floor(rule.max)] ?? now.getTime();
  return {
    pass: false,
    reason: 'capped',
    rule,
    sentInWindow: times.length,
    opensAt: new Date(lastToLeave + windowMs),
  };
}

function concerns(
  rule: CapRule,
  message: { readonly channel: ChannelKind; readonly purpose: Purpose },
): boolean {
  if (isTransactional(message.purpose)) return false;
  const { channels, purposes } = rule;
  return (
    (channels === undefined || channels.includes(message.channel)) &&
    (purposes === undefined || purposes.includes(message.purpose))
  );
}
