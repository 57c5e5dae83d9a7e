import type { Policy } from '../../app';
import type { ChannelProvider } from '../../channels/channel';
import type { DecidedMessage } from '../../channels/outgoing-message';
import { newId } from '../../db/new-id';
import { toJsonb } from '../../db/schema';
import type { AddressHasher } from '../../db/stores/address-hash';
import type { NewDecision } from '../../db/stores/decisions';
import type { Tx } from '../../db/transaction';
import { isChannelKind, type ChannelKind } from '../../domain/channels/channel-kind';
import { countryIn } from '../../domain/country';
import { cutText } from '../../domain/cut-text';
import {
  selectChannel,
  type Candidate,
  type Selection,
} from '../../domain/decision/select-channel';
import { variantOf } from '../../domain/experiments/exposure';
import type { SendInput, SendResult } from '../../journey/engine-activities';
import type { MessageLinks } from '../../links/message-links';
import type { CompiledTemplate } from '../../templates/render';
import { addressOf } from '../../domain/channels/address-of';
import type { ProviderSelector } from '../delivery/provider-selector';
import { gatherFacts, type DecisionFacts } from './gather-facts';
import { renderMessage, type RenderDeps } from './render-message';

export interface DecideDeps extends RenderDeps {
  readonly policy: Policy;
  readonly templates: ReadonlyMap<string, CompiledTemplate>;
  readonly providers: ProviderSelector;
  readonly hasher: AddressHasher;
}

/** A message that was decided, with its links, which are computed once. */
export interface Message extends DecidedMessage {
  readonly channel: ChannelKind;
  readonly provider: ChannelProvider | undefined;
  readonly links: MessageLinks;
  /** The customer's, ISO 3166-1 alpha-2. */
  readonly country: string | null;
}

export interface Decided {
  readonly result: SendResult;
  /** The record to write; absent where the intent was decided before. */
  readonly decision?: NewDecision;
  /** Present where the decision is to send. */
  readonly message?: Message;
}

/**
 * Decides one intent to send, under the customer's row lock: reads every fact that could speak
 * against it, chooses a channel, and renders the message. It writes nothing, and knows nothing of
 * attempts. When it is asked again (a crash, a retried activity) it returns what was decided; only a
 * decision to wait is made anew.
 */
export async function decide(tx: Tx, deps: DecideDeps, input: SendInput): Promise<Decided> {
  const facts = await gatherFacts(tx, deps, input);
  const { before } = facts;
  if (before !== undefined && before.outcome !== 'defer') return { result: earlierResult(before) };

  const template = deps.templates.get(input.template);
  const selection = select(deps, input, facts, template);
  if (selection.outcome !== 'send') {
    const decision = decisionRow(input, facts, selection);
    const { reason } = selection;
    return selection.outcome === 'skip'
      ? { decision, result: { do: 'skip', reason } }
      : { decision, result: { do: 'defer', until: selection.until.getTime(), reason } };
  }

  const { channel } = selection;
  const id = newId();
  const rendered = renderMessage(deps, input, template, facts, { id, channel });
  if ('failure' in rendered) {
    const candidates = replaceVerdict(selection.candidates, channel, rendered.failure);
    const failed = { outcome: 'skip', reason: 'render-failed', candidates } as const;
    return {
      decision: decisionRow(input, facts, failed),
      result: { do: 'skip', reason: failed.reason },
    };
  }
  const { customer } = facts;
  const provider = deps.providers.get(channel);
  return {
    decision: decisionRow(input, facts, selection),
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
}

function earlierResult(before: NonNullable<DecisionFacts['before']>): SendResult {
  return before.message === null
    ? { do: 'skip', reason: before.reason }
    : {
        do: 'send',
        messageId: before.message.id,
        channel: before.message.channel,
        provider: before.message.provider,
      };
}

function select(
  deps: DecideDeps,
  input: SendInput,
  facts: DecisionFacts,
  template: CompiledTemplate | undefined,
): Selection {
  const wanted = [...new Set(input.via)].filter(isChannelKind);
  return selectChannel({
    purpose: input.purpose,
    now: new Date(input.now),
    zone: facts.customer.timeZone,
    defaultZone: deps.policy.defaultZone,
    consents: facts.consents,
    caps: deps.policy.caps,
    quietHours: deps.policy.quietHours,
    sent: facts.sent,
    preferences: facts.preferences,
    waitedFor: (facts.before?.deferrals ?? [])
      .filter(({ until }) => Date.parse(until) <= input.now)
      .map(({ reason }) => reason),
    enrollmentEnded: facts.enrollment.ended,
    overdue: input.overdue,
    holdout: facts.enrollment.holdout,
    facts: wanted.map((channel) => {
      const address = addressOf(
        channel,
        facts.customer,
        deps.providers.get(channel)?.address ?? null,
      );
      return {
        channel,
        hasContent: template?.channels.includes(channel) === true,
        hasProvider: deps.providers.has(channel),
        address,
        reached: address !== null && facts.reached.has(`${channel} ${address.toLowerCase()}`),
        suppressed: address !== null && facts.suppressed.has(`${channel} ${address.toLowerCase()}`),
        cost: deps.providers.get(channel)?.costOf({ address }) ?? 0,
      };
    }),
  });
}

function replaceVerdict(
  candidates: readonly Candidate[],
  channel: ChannelKind,
  failure: string,
): readonly Candidate[] {
  return candidates.map((each) =>
    each.channel === channel
      ? { ...each, verdict: 'render-failed', detail: cutText(failure, 500) }
      : each,
  );
}

function decisionRow(input: SendInput, facts: DecisionFacts, selection: Selection): NewDecision {
  const now = new Date(input.now);
  const deferral =
    selection.outcome === 'defer'
      ? [{ at: now.toISOString(), until: selection.until.toISOString(), reason: selection.reason }]
      : [];
  const chosen = selection.candidates.find(({ verdict }) => verdict === 'chosen');
  return {
    id: input.decisionId,
    customer_id: facts.customer.id,
    enrollment_id: input.enrollmentId,
    journey: input.journey,
    step: input.step,
    template: input.template,
    purpose: input.purpose,
    priority: input.priority,
    tags: [...input.tags],
    value: input.value,
    country: countryIn(facts.customer.traits['address']),
    first_at: now,
    outcome: selection.outcome,
    reason: selection.reason,
    channel: selection.outcome === 'send' ? selection.channel : null,
    candidates: toJsonb(selection.candidates),
    basis: toJsonb(facts.basis),
    variant: toJsonb(variantOf(input.exposures)),
    cost: chosen?.cost ?? null,
    // One channel is chosen by rule, so what was chosen was certain to be.
    probability: selection.outcome === 'send' ? 1 : null,
    deferrals: toJsonb([...(facts.before?.deferrals ?? []), ...deferral]),
    next_at: selection.outcome === 'defer' ? selection.until : null,
    decided_at: now,
  };
}
