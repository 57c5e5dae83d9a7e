import type { Policy } from '../../app';
import type { ChannelProvider } from '../../channels/channel';
import type { DecidedMessage } from '../../channels/outgoing-message';
import { newId } from '../../db/new-id';
import { toJsonb } from '../../db/schema';
import type { NewDecision } from '../../db/stores/decisions';
import type { Tx } from '../../db/transaction';
import { addressOf } from '../../domain/channels/address-of';
import type { ChannelKind } from '../../domain/channels/channel-kind';
import { countryIn } from '../../domain/country';
import { cutText } from '../../domain/cut-text';
import { decide as decideBy, type Decision } from '../../domain/decision/decide';
import { decisionPolicy, policyVersion } from '../../domain/decision/policy';
import { variantOf } from '../../domain/experiments/exposure';
import type { SendInput, SendResult } from '../../journey/engine-activities';
import type { MessageLinks } from '../../links/message-links';
import { gatherFacts, type Gathered, type GatherDeps } from './gather-facts';
import { renderMessage, type RenderDeps } from './render-message';

export interface DecideDeps extends RenderDeps, Omit<GatherDeps, 'policy'> {
  readonly policy: Policy;
}

/** A decided message with its links, which are computed once. */
export interface Message extends DecidedMessage {
  readonly channel: ChannelKind;
  readonly provider: ChannelProvider | undefined;
  readonly links: MessageLinks;
  /** The customer's country, ISO 3166-1 alpha-2. */
  readonly country: string | null;
}

export interface Decided {
  readonly result: SendResult;
  /** The record to write; absent if the intent was decided earlier. */
  readonly decision?: NewDecision;
  /** Present if the decision is to send. */
  readonly message?: Message;
}

export type Decide = (tx: Tx, input: SendInput) => Promise<Decided>;

/**
 * Decides one intent to send, under the customer's row lock: reads the facts, applies the policy and
 * renders the message. It writes nothing and makes no attempt. A repeated call (after a crash, or by
 * a retried activity) returns the recorded decision; only a decision to wait is made again.
 */
export function createDecide(deps: DecideDeps): Decide {
  const policy = decisionPolicy(deps.policy);
  const version = policyVersion(policy);
  return async (tx, input) => {
    const gathered = await gatherFacts(tx, { ...deps, policy }, input);
    const { earlier } = gathered;
    if (earlier !== null && earlier.outcome !== 'defer') return { result: earlierResult(earlier) };

    const decision = decideBy(policy, gathered.facts);
    if (decision.outcome === 'skip') {
      const { reason } = decision;
      return {
        decision: decisionRow(input, gathered, decision, version),
        result: { do: 'skip', reason },
      };
    }
    if (decision.outcome === 'defer') {
      const { reason, until } = decision;
      return {
        decision: decisionRow(input, gathered, decision, version),
        result: { do: 'defer', until: until.getTime(), reason },
      };
    }

    const { channel } = decision;
    const { customer } = gathered;
    const provider = deps.providers.get(channel);
    const id = newId();
    const template = deps.templates.get(input.template);
    const rendered = renderMessage(deps, input, template, gathered, { id, channel });
    if ('failure' in rendered) {
      const failed = { ...gathered, facts: { ...gathered.facts, unrenderable: channel } };
      const outcome = withDetail(decideBy(policy, failed.facts), channel, rendered.failure);
      return {
        decision: decisionRow(input, failed, outcome, version),
        result: { do: 'skip', reason: outcome.reason },
      };
    }
    return {
      decision: decisionRow(input, gathered, decision, version),
      result: { do: 'send', messageId: id, channel, provider: provider?.name ?? '' },
      message: {
        id,
        customerId: customer.id,
        channel,
        provider,
        address: addressOf(channel, customer, provider?.address ?? null) ?? '',
        purpose: input.purpose,
        content: rendered.content,
        decidedAt: new Date(input.now),
        links: rendered.links,
        country: countryIn(customer.traits['address']),
      },
    };
  };
}

function earlierResult(earlier: NonNullable<Gathered['earlier']>): SendResult {
  return earlier.messageId === null || earlier.channel === null
    ? { do: 'skip', reason: earlier.reason }
    : {
        do: 'send',
        messageId: earlier.messageId,
        channel: earlier.channel,
        provider: earlier.provider ?? '',
      };
}

/** Keeps the error of the renderer for operators. It is not a fact, since it may contain personal data. */
function withDetail(decision: Decision, channel: ChannelKind, failure: string): Decision {
  return {
    ...decision,
    candidates: decision.candidates.map((each) =>
      each.channel === channel ? { ...each, detail: cutText(failure, 500) } : each,
    ),
  };
}

function decisionRow(
  input: SendInput,
  { facts, customer, earlier }: Gathered,
  decision: Decision,
  policy: string,
): NewDecision {
  const now = new Date(input.now);
  const { outcome, reason, candidates } = decision;
  const deferral =
    outcome === 'defer'
      ? [{ at: now.toISOString(), until: decision.until.toISOString(), reason }]
      : [];
  const chosen = candidates.find(({ verdict }) => verdict === 'chosen');
  return {
    id: input.decisionId,
    customer_id: customer.id,
    enrollment_id: input.enrollmentId,
    journey: input.journey,
    step: input.step,
    template: input.template,
    purpose: input.purpose,
    priority: input.priority,
    tags: [...input.tags],
    value: input.value,
    country: countryIn(customer.traits['address']),
    first_at: now,
    outcome,
    reason,
    channel: outcome === 'send' ? decision.channel : null,
    candidates: toJsonb(candidates),
    basis: toJsonb(facts),
    policy_version: policy,
    variant: toJsonb(variantOf(input.exposures)),
    cost: chosen?.cost ?? null,
    // The choice is deterministic.
    probability: outcome === 'send' ? 1 : null,
    deferrals: toJsonb([...(earlier?.deferrals ?? []), ...deferral]),
    next_at: outcome === 'defer' ? decision.until : null,
    decided_at: now,
  };
}
