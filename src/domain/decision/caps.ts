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

/** What a rule needs to know about the messages so far. */
export interface CapUsage {
  /** Messages that the rule counts at this moment. */
  readonly sentInWindow: number;
  /** The message whose window has to pass before the rule allows another; milliseconds since 1970. */
  readonly leavesAt: number;
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
 * Rejects a message that would exceed a cap. Windows roll: a message counts until `window` has
 * passed since it was sent, and no longer at exactly `at + window`. One that lies after `now` counts
 * too: the clocks of two workflows may differ a little, and a cap must hold all the same.
 * Transactional messages are neither counted nor capped.
 *
 * A rule that nothing can satisfy (`max` of 0) is checked again after one window.
 *
 * @param intent.sent the messages, or the usage of each rule, in the order of the rules
 * @throws {RangeError} a rule's window is no duration
 */
export function capGate(intent: {
  readonly rules: readonly CapRule[];
  readonly sent: readonly SentMessage[] | readonly CapUsage[];
  readonly candidate: { readonly channel: ChannelKind; readonly purpose: Purpose };
  readonly now: Date;
}): CapGate {
  const { rules, sent, candidate, now } = intent;
  if (isTransactional(candidate.purpose)) return { pass: true };
  let longest: (CapGate & { pass: false }) | undefined;
  for (const [index, rule] of rules.entries()) {
    if (!concerns(rule, candidate)) continue;
    const usage = usageOf(rule, index, sent, now);
    if (usage.sentInWindow + 1 <= rule.max) continue;
    const opensAt = new Date(usage.leavesAt + durationMs(rule.window));
    if (longest === undefined || opensAt > longest.opensAt) {
      const { sentInWindow } = usage;
      longest = { pass: false, reason: 'capped', rule, sentInWindow, opensAt };
    }
  }
  return longest ?? { pass: true };
}

function usageOf(
  rule: CapRule,
  index: number,
  sent: readonly SentMessage[] | readonly CapUsage[],
  now: Date,
): CapUsage {
  const [first] = sent;
  if (first === undefined || 'channel' in first) {
    return capUsage(rule, sent as readonly SentMessage[], now);
  }
  return (sent as readonly CapUsage[])[index] ?? { sentInWindow: 0, leavesAt: now.getTime() };
}

/** Counts the messages that concern a rule. */
export function capUsage(rule: CapRule, sent: readonly SentMessage[], now: Date): CapUsage {
  const windowMs = durationMs(rule.window);
  const times = sent
    .filter((message) => concerns(rule, message))
    .map((message) => message.at.getTime())
    .filter((at) => at + windowMs > now.getTime())
    .toSorted((a, b) => a - b);
  // Another message is allowed when so many have left the window that `max - 1` remain.
  const leavesAt = times[times.length - Math.floor(rule.max)] ?? now.getTime();
  return { sentInWindow: times.length, leavesAt };
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
