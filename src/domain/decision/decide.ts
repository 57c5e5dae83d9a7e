import type { ChannelKind } from '../channels/channel-kind';
import type { ChannelFacts, DecisionFacts } from './facts';
import { GATES, type ChannelGate, type Gate, type IntentGate, type Rejection } from './gates';
import type { DecisionPolicy } from './policy';
import type { ReasonCode } from './reason-codes';

/** What became of one channel; candidates are in the order in which the channels are wanted. */
export interface Candidate {
  readonly channel: ChannelKind;
  /** `chosen`, `passed` (it could have been chosen), or the code of the gate that rejected it. */
  readonly verdict: ReasonCode;
  readonly cost: number;
  /** When the gate opens by itself, ISO 8601, where it does. */
  readonly opensAt?: string;
  /** What the verdict is based on, such as the cap's name and count. */
  readonly detail?: string;
}

export type Decision =
  | {
      readonly outcome: 'send';
      readonly reason: 'chosen';
      readonly channel: ChannelKind;
      readonly candidates: readonly Candidate[];
    }
  | {
      readonly outcome: 'skip';
      readonly reason: ReasonCode;
      readonly candidates: readonly Candidate[];
    }
  | {
      readonly outcome: 'defer';
      readonly reason: ReasonCode;
      /** When it is to be decided again. */
      readonly until: Date;
      readonly candidates: readonly Candidate[];
    };

/**
 * Decides one intent to send: chooses the first of the wanted channels that every gate lets pass.
 * Where none passes, and a time of day is all that rejects one (a digest, the customer's best time,
 * quiet hours), the message waits until the earliest opens. It does not wait for a cap or a pause:
 * it may be outdated by then.
 *
 * Depends on nothing but its arguments, so a recorded decision can be recomputed from its record, or
 * computed under another policy.
 */
export function decide(
  policy: DecisionPolicy,
  facts: DecisionFacts,
  gates: readonly Gate[] = GATES,
): Decision {
  const against = firstRejection(gates, facts);
  if (against !== undefined) {
    const candidates = facts.channels.map((each) => candidate(each, against.code));
    return { outcome: 'skip', reason: against.code, candidates };
  }
  const candidates: Candidate[] = [];
  let chosen: ChannelKind | undefined;
  let wait: { readonly until: Date; readonly reason: ReasonCode } | undefined;
  for (const each of facts.channels) {
    const rejection = rejectionOf(gates, policy, facts, each);
    if (rejection === undefined) {
      candidates.push(candidate(each, chosen === undefined ? 'chosen' : 'passed'));
      chosen ??= each.channel;
      continue;
    }
    const { code, waits, opensAt } = rejection;
    if (waits === true && opensAt !== undefined && (wait === undefined || opensAt < wait.until)) {
      wait = { until: opensAt, reason: code };
    }
    candidates.push(candidate(each, code, rejection));
  }
  if (chosen !== undefined) return withRendering(facts, chosen, candidates);
  if (wait !== undefined) return { outcome: 'defer', ...wait, candidates };
  return { outcome: 'skip', reason: primaryReason(candidates), candidates };
}

/** A template that cannot be rendered is a defect: no other channel takes the message's place. */
function withRendering(
  { unrenderable }: DecisionFacts,
  channel: ChannelKind,
  candidates: readonly Candidate[],
): Decision {
  if (unrenderable !== channel) return { outcome: 'send', reason: 'chosen', channel, candidates };
  return {
    outcome: 'skip',
    reason: 'render-failed',
    candidates: candidates.map((each) =>
      each.channel === channel ? { ...each, verdict: 'render-failed' } : each,
    ),
  };
}

function firstRejection(gates: readonly Gate[], facts: DecisionFacts): Rejection | undefined {
  for (const gate of gates) {
    const rejection = isIntentGate(gate) ? gate.check(facts) : undefined;
    if (rejection !== undefined) return rejection;
  }
  return undefined;
}

function rejectionOf(
  gates: readonly Gate[],
  policy: DecisionPolicy,
  facts: DecisionFacts,
  channel: ChannelFacts,
): Rejection | undefined {
  for (const gate of gates) {
    const rejection = isChannelGate(gate) ? gate.check(policy, facts, channel) : undefined;
    if (rejection !== undefined) return rejection;
  }
  return undefined;
}

function isIntentGate(gate: Gate): gate is IntentGate {
  return gate.scope === 'intent';
}

function isChannelGate(gate: Gate): gate is ChannelGate {
  return gate.scope === 'channel';
}

/** What is missing in the set-up rather than decided about the customer, the nearest last. */
const SET_UP: readonly ReasonCode[] = ['no-content', 'no-provider', 'no-address'];

/** The reason of the channel that came furthest: where e-mail is capped, push without a provider says little. */
function primaryReason(candidates: readonly Candidate[]): ReasonCode {
  const verdicts = candidates.map(({ verdict }) => verdict);
  const decided = verdicts.find((verdict) => !SET_UP.includes(verdict));
  const nearest = SET_UP.findLast((verdict) => verdicts.includes(verdict));
  return decided ?? nearest ?? 'no-channel';
}

function candidate(facts: ChannelFacts, verdict: ReasonCode, rejection?: Rejection): Candidate {
  return {
    channel: facts.channel,
    verdict,
    cost: facts.cost,
    ...(rejection?.opensAt !== undefined && { opensAt: rejection.opensAt.toISOString() }),
    ...(rejection?.detail !== undefined && { detail: rejection.detail }),
  };
}
