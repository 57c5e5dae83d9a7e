import type { Policy } from '../app';
import type { ChannelProvider } from '../channels/channel';
import { newId } from '../db/new-id';
import { toJsonb } from '../db/schema';
import { writeDecision as storeDecision } from '../db/stores/decisions';
import type { NewMessage } from '../db/stores/messages';
import { inTransaction, type Db, type Tx } from '../db/transaction';
import type { Clock } from '../domain/clock';
import { isChannelKind, type ChannelKind } from '../domain/channels/channel-kind';
import { selectChannel, type Candidate, type Selection } from '../domain/decision/select-channel';
import { cutText } from '../domain/cut-text';
import type { MessageContent } from '../domain/channels/message-content';
import { variantOf } from '../domain/experiments/exposure';
import type { DecideInput, DecideResult } from '../journey/engine-activities';
import { messageLinks, type LinkSettings } from '../links/message-links';
import { decorateLinks } from '../links/decorate-links';
import { signVisitor } from '../links/visitor-token';
import type { AddressHasher } from '../db/stores/address-hash';
import type { CompiledTemplate } from '../templates/render';
import { addressOf } from '../domain/channels/address-of';
import { gatherFacts, type DecisionFacts } from './decision-facts';
import { toOutgoing, type BegunAttempt } from './delivery/begin-attempt';
import type { InlineDelivery } from './delivery/inline-delivery';

export interface DecideDeps {
  readonly db: Db;
  readonly policy: Policy;
  readonly templates: ReadonlyMap<string, CompiledTemplate>;
  readonly providers: ReadonlyMap<ChannelKind, ChannelProvider>;
  readonly links: LinkSettings;
  /** Where webhook messages go; null where none is set up. */
  readonly webhookUrl: string | null;
  readonly near: InlineDelivery;
  readonly clock: Clock;
  /** Names this process in the record of attempts. */
  readonly workerName: string;
  readonly hasher: AddressHasher;
}

/**
 * Decides one intent to send, in one transaction under the customer's row lock: everything that
 * could speak against it is read and weighed at that moment, the message is rendered, and the
 * decision is written with the message it led to. Asked again (a crash, a repeated activity) it
 * answers what it decided; only a decision to wait is weighed anew.
 */
export function createDecide(deps: DecideDeps): (input: DecideInput) => Promise<Decided> {
  return (input) => {
    const begun = performance.now();
    const inTime = () => performance.now() - begun < NEAR_WITHIN_MS;
    return inTransaction(deps.db, (tx) => decide(tx, deps, input, inTime));
  };
}

/**
 * A decision that took longer, waiting for a lock or a connection, may soon be asked for again while
 * it goes on; two attempts must not come of it.
 */
const NEAR_WITHIN_MS = 5_000;

/** What was decided, and the first attempt where this process is to make it: it is written down. */
export interface Decided {
  readonly result: DecideResult;
  readonly attempt?: BegunAttempt;
}

async function decide(
  tx: Tx,
  deps: DecideDeps,
  input: DecideInput,
  inTime: () => boolean,
): Promise<Decided> {
  const facts = await gatherFacts(tx, deps, input);
  const { before } = facts;
  if (before !== undefined && before.outcome !== 'defer') return { result: answerBefore(before) };

  const template = deps.templates.get(input.template);
  const selection = select(deps, input, facts, template);
  if (selection.outcome !== 'send') {
    await writeDecision(tx, input, facts, selection);
    const { reason } = selection;
    return selection.outcome === 'skip'
      ? { result: { do: 'skip', reason } }
      : { result: { do: 'defer', until: selection.until.getTime(), reason } };
  }

  const messageId = newId();
  const rendered = render(deps, input, facts, template, selection.channel, messageId);
  if ('failed' in rendered) {
    const candidates = replaceVerdict(selection.candidates, selection.channel, rendered.failed);
    await writeDecision(tx, input, facts, {
      outcome: 'skip',
      reason: 'render-failed',
      candidates,
    });
    return { result: { do: 'skip', reason: 'render-failed' } };
  }
  const { channel } = selection;
  const provider = deps.providers.get(channel);
  const decidedAt = new Date(input.now);
  const address = addressOf(channel, facts.customer, deps.webhookUrl) ?? '';
  const near = provider !== undefined && inTime() && deps.near.hasRoom(channel);
  const message: NewMessage = {
    id: messageId,
    decision_id: input.decisionId,
    customer_id: facts.customer.id,
    enrollment_id: input.enrollmentId,
    journey: input.journey,
    step: input.step,
    template: input.template,
    variant: toJsonb(variantOf(input.exposures)),
    tags: [...input.tags],
    purpose: input.purpose,
    channel,
    provider: provider?.name ?? null,
    address,
    content: toJsonb(rendered.content),
    status: near ? 'sending' : 'decided',
    attempts: near ? 1 : 0,
    provider_message_id: null,
    error: null,
    cost: provider?.costOf({ address, content: rendered.content }) ?? 0,
    decided_at: decidedAt,
  };
  await writeDecision(tx, input, facts, selection, {
    message,
    attempt: near
      ? {
          message_id: messageId,
          attempt: 1,
          provider: provider.name,
          worker: deps.workerName,
          repeat: false,
          started_at: deps.clock.now(),
        }
      : undefined,
  });
  const result = { do: 'send', messageId, channel } as const;
  if (!near) return { result };
  const outgoing = toOutgoing(deps.links, {
    id: messageId,
    customer_id: facts.customer.id,
    channel,
    purpose: input.purpose,
    address,
    content: rendered.content,
    decided_at: decidedAt,
  });
  return { result, attempt: { do: 'call', number: 1, provider, message: outgoing } };
}

function answerBefore(before: NonNullable<DecisionFacts['before']>): DecideResult {
  return before.message === null
    ? { do: 'skip', reason: before.reason }
    : { do: 'send', messageId: before.message.id, channel: before.message.channel };
}

function select(
  deps: DecideDeps,
  input: DecideInput,
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
      const address = addressOf(channel, facts.customer, deps.webhookUrl);
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

/** A template that cannot be rendered is a decision not to send, with its reason, not a crash. */
function render(
  deps: DecideDeps,
  input: DecideInput,
  facts: DecisionFacts,
  template: CompiledTemplate | undefined,
  channel: ChannelKind,
  messageId: string,
): { readonly content: MessageContent } | { readonly failed: string } {
  if (template === undefined) return { failed: `there is no template '${input.template}'` };
  const { customer, event } = facts;
  const links = messageLinks(deps.links, {
    messageId,
    customerId: customer.id,
    channel,
    purpose: input.purpose,
    decidedAt: new Date(input.now),
  });
  const topic = input.props['topic'];
  const confirm = typeof topic === 'string' ? links.confirm(topic) : undefined;
  try {
    const content = template.render(channel, {
      props: input.props,
      customer: { id: customer.id, traits: customer.traits },
      ...(event !== null && { event }),
      links: {
        preferences: links.preferences,
        ...(links.unsubscribe !== undefined && { unsubscribe: links.unsubscribe }),
        ...(confirm !== undefined && { confirm }),
      },
      message: { id: messageId },
      locale: customer.locale ?? deps.policy.defaultLocale,
      zone: customer.timeZone ?? deps.policy.defaultZone,
    });
    const own = [links.unsubscribe, links.preferences, confirm].filter(
      (link) => link !== undefined,
    );
    const token = signVisitor(
      { customerId: customer.id, messageId },
      new Date(input.now),
      deps.links.signingKey,
    );
    return { content: decorateLinks(content, deps.policy.identity?.websites ?? [], own, token) };
  } catch (error) {
    return { failed: (error as Error).message };
  }
}

function replaceVerdict(
  candidates: readonly Candidate[],
  channel: ChannelKind,
  failed: string,
): readonly Candidate[] {
  return candidates.map((each) =>
    each.channel === channel
      ? { ...each, verdict: 'render-failed', detail: cutText(failed, 500) }
      : each,
  );
}

/** Writes a decision, with what it led to in the same statement. */
async function writeDecision(
  tx: Tx,
  input: DecideInput,
  facts: DecisionFacts,
  selection: Selection,
  sent?: Parameters<typeof storeDecision>[2],
): Promise<void> {
  const now = new Date(input.now);
  const deferral =
    selection.outcome === 'defer'
      ? [{ at: now.toISOString(), until: selection.until.toISOString(), reason: selection.reason }]
      : [];
  const chosen = selection.candidates.find(({ verdict }) => verdict === 'chosen');
  const values = {
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
  await storeDecision(
    tx,
    {
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
      first_at: now,
      ...values,
    },
    sent,
  );
}
