import { z } from 'zod';
import type { ChannelKind } from '../channels/channel-kind';
import { preferencesIn, type Preferences } from '../consent/preferences';
import type { JsonObject } from '../json';
import { capUsage, type CapUsage, type CapRule, type SentMessage } from './caps';

/** A decision considers at most so many channels; further ones are ignored. */
export const MAX_CANDIDATES = 12;

/** The most characters that the facts of one decision take as JSON. */
export const MAX_FACTS_LENGTH = 4_000;

/** The kinds of applications are known only to their processes, so any text is accepted. */
const channelKind = z.string() as unknown as z.ZodType<ChannelKind>;
const consentState = z.enum(['none', 'pending', 'subscribed', 'unsubscribed']);

const channelFacts = z.object({
  channel: channelKind,
  /** Whether the template has content for the channel. */
  content: z.boolean(),
  /** Whether the channel has a provider. */
  provider: z.boolean(),
  /** Whether the customer has an address on it. */
  address: z.boolean(),
  suppressed: z.boolean(),
  /** Whether another customer at this address has got the same message lately (marketing only). */
  reached: z.boolean(),
  /** The state of consent that applies to the channel and the purpose. */
  consent: consentState,
  /** Expected cost of one message, in the shop's currency. */
  cost: z.number(),
});

const json = z.record(z.string(), z.json()) as unknown as z.ZodType<JsonObject>;

/**
 * Everything that one decision depends on beside the policy, as it is stored with it: plain JSON
 * without any address or name, at most `MAX_FACTS_LENGTH` characters long. Times are milliseconds
 * since 1970.
 */
export const decisionFactsSchema = z.object({
  v: z.literal(1),
  /** The journey's clock. */
  now: z.number(),
  purpose: z.string(),
  overdue: z.boolean(),
  enrollment: z.object({ ended: z.boolean(), holdout: z.boolean() }),
  /** The customer's IANA zone; null where it is unknown or invalid. */
  zone: z.string().nullable(),
  /** The wanted channels in their order. */
  channels: z.array(channelFacts).max(MAX_CANDIDATES),
  /** What the customer prefers about these channels and this purpose; absent: nothing. */
  preferences: json.optional(),
  /**
   * Marketing messages that count for caps: each one, as `[at, channel, purpose]`, or, where these
   * would be too many, what each rule needs to know, in the order of the rules.
   */
  sent: z.union([
    z.object({ messages: z.array(z.tuple([z.number(), channelKind, z.string()])) }),
    z.object({ usage: z.array(z.tuple([z.number(), z.number()])) }),
  ]),
  /** Reasons for which the message has waited already, and whose time has come. */
  waitedFor: z.array(z.string()),
  /** The chosen channel, where the template could not be rendered for it. */
  unrenderable: channelKind.nullable(),
  /** For explanations: the consents that applied, and numbers of messages. */
  consents: z.array(
    z.object({ channel: z.string(), purpose: z.string(), state: consentState, at: z.string() }),
  ),
  sentInLongestWindow: z.number(),
  sentInAWeek: z.number(),
});

export type DecisionFacts = Readonly<z.infer<typeof decisionFactsSchema>>;
export type FactKey = keyof DecisionFacts;
export type ChannelFacts = Readonly<z.infer<typeof channelFacts>>;

/** @throws {Error} what is stored is not a decision's facts, such as after an erasure */
export function parseDecisionFacts(stored: unknown): DecisionFacts {
  return decisionFactsSchema.parse(stored);
}

export function preferencesOf(facts: Pick<DecisionFacts, 'preferences'>): Preferences {
  return preferencesIn(facts.preferences);
}

/** The messages as `capGate` takes them, or the usage of each rule where they were too many. */
export function sentOf({ sent }: Pick<DecisionFacts, 'sent'>): readonly SentMessage[] | CapUsage[] {
  if ('usage' in sent) {
    return sent.usage.map(([sentInWindow, leavesAt]) => ({ sentInWindow, leavesAt }));
  }
  return sent.messages.map(([at, channel, purpose]) => ({ at: new Date(at), channel, purpose }));
}

/**
 * Shortens facts that would take too much space, without a change of what follows from them: the
 * messages are replaced by what the rules count of them, and the consents for explanations go.
 *
 * @param rules the policy's caps and the customer's own, in the order in which they are checked
 */
export function boundFacts(facts: DecisionFacts, rules: readonly CapRule[]): DecisionFacts {
  if (JSON.stringify(facts).length <= MAX_FACTS_LENGTH) return facts;
  const sent = sentOf(facts) as readonly SentMessage[];
  const now = new Date(facts.now);
  const usage = rules.map((rule): [number, number] => {
    const { sentInWindow, leavesAt } = capUsage(rule, sent, now);
    return [sentInWindow, leavesAt];
  });
  return { ...facts, sent: { usage }, consents: [] };
}
