import { consentReason } from '../consent/consent';
import { ownCap, ownQuietHours, preferenceGate } from '../consent/preference-gate';
import { isTransactional } from '../purpose';
import { capGate, type CapRule } from './caps';
import { chosenTimeGate } from './chosen-time';
import {
  preferencesOf,
  sentOf,
  type ChannelFacts,
  type DecisionFacts,
  type FactKey,
} from './facts';
import type { DecisionPolicy } from './policy';
import { quietHoursGate } from './quiet-hours';
import type { ReasonCode } from './reason-codes';

/** Why a gate does not let a message pass. */
export interface Rejection {
  readonly code: ReasonCode;
  /** When the gate opens by itself, where it does. */
  readonly opensAt?: Date;
  /** The numbers that the rejection is based on. */
  readonly detail?: string;
  /** Whether the message may wait for the gate to open. */
  readonly waits?: boolean;
}

/** Undefined where the message passes. */
export type Verdict = Rejection | undefined;

interface GateOf<Scope extends 'intent' | 'channel', Check> {
  readonly name: string;
  /** The reasons that it gives. */
  readonly codes: readonly ReasonCode[];
  /** Whether it speaks about the whole intent or about each channel. */
  readonly scope: Scope;
  /** The facts that it reads, and no others. */
  readonly needs: readonly FactKey[];
  readonly check: Check;
}

export type IntentGate = GateOf<'intent', (facts: DecisionFacts) => Verdict>;
export type ChannelGate = GateOf<
  'channel',
  (policy: DecisionPolicy, facts: DecisionFacts, candidate: ChannelFacts) => Verdict
>;
export type Gate = IntentGate | ChannelGate;

function intent(
  name: string,
  codes: readonly ReasonCode[],
  needs: readonly FactKey[],
  check: IntentGate['check'],
): IntentGate {
  return { name, codes, scope: 'intent', needs, check };
}

function channel(
  name: string,
  codes: readonly ReasonCode[],
  needs: readonly FactKey[],
  check: ChannelGate['check'],
): ChannelGate {
  return { name, codes, scope: 'channel', needs, check };
}

const reject = (condition: boolean, code: ReasonCode): Verdict =>
  condition ? { code } : undefined;

/**
 * What can speak against a message, in the order in which it is asked: the first gate that rejects
 * names the reason. Gates about the whole intent come before those about each channel.
 */
export const GATES: readonly Gate[] = [
  intent('enrollment', ['enrollment-ended'], ['enrollment'], ({ enrollment }) =>
    reject(enrollment.ended, 'enrollment-ended'),
  ),
  intent('overdue', ['overdue'], ['overdue'], ({ overdue }) => reject(overdue, 'overdue')),
  intent('holdout', ['holdout'], ['enrollment', 'purpose'], ({ enrollment, purpose }) =>
    reject(enrollment.holdout && !isTransactional(purpose), 'holdout'),
  ),
  channel('content', ['no-content'], ['channels'], (_policy, _facts, { content }) =>
    reject(!content, 'no-content'),
  ),
  channel('provider', ['no-provider'], ['channels'], (_policy, _facts, { provider }) =>
    reject(!provider, 'no-provider'),
  ),
  channel('address', ['no-address'], ['channels'], (_policy, _facts, { address }) =>
    reject(!address, 'no-address'),
  ),
  channel('suppression', ['suppressed'], ['channels'], (_policy, _facts, { suppressed }) =>
    reject(suppressed, 'suppressed'),
  ),
  channel(
    'consent',
    ['no-consent', 'pending-consent', 'unsubscribed'],
    ['channels', 'purpose'],
    (_policy, { purpose }, { consent }) => {
      const code = isTransactional(purpose) ? undefined : consentReason(consent);
      return code && { code };
    },
  ),
  channel('address-reached', ['address-reached'], ['channels'], (_policy, _facts, { reached }) =>
    reject(reached, 'address-reached'),
  ),
  channel(
    'preferences',
    ['paused', 'topic-off', 'channel-off'],
    ['preferences', 'purpose', 'now'],
    (_policy, facts, { channel: kind }) => {
      const { purpose, now } = facts;
      const preferences = preferencesOf(facts);
      const gate = preferenceGate({ preferences, channel: kind, purpose, now: new Date(now) });
      if (gate.pass) return undefined;
      const { reason, opensAt } = gate;
      return { code: reason, ...(opensAt !== undefined && { opensAt }) };
    },
  ),
  channel(
    'caps',
    ['capped'],
    ['sent', 'preferences', 'purpose', 'now'],
    (policy, facts, { channel: kind }) => {
      const gate = capGate({
        rules: capRules(policy, facts),
        sent: sentOf(facts),
        candidate: { channel: kind, purpose: facts.purpose },
        now: new Date(facts.now),
      });
      if (gate.pass) return undefined;
      const { rule, sentInWindow, opensAt } = gate;
      const detail = `${rule.name}: ${sentInWindow} of ${rule.max} in ${String(rule.window)}`;
      return { code: 'capped', opensAt, detail };
    },
  ),
  channel(
    'chosen-time',
    ['digest', 'best-time'],
    ['preferences', 'purpose', 'zone', 'now', 'waitedFor'],
    ({ defaultZone }, facts) => {
      const { purpose, zone, waitedFor } = facts;
      const preferences = preferencesOf(facts);
      const now = new Date(facts.now);
      const gate = chosenTimeGate({ preferences, purpose, zone, defaultZone, now, waitedFor });
      return gate.pass ? undefined : { code: gate.reason, opensAt: gate.until, waits: true };
    },
  ),
  channel(
    'quiet-hours',
    ['quiet-hours'],
    ['preferences', 'purpose', 'zone', 'now'],
    ({ quietHours, defaultZone }, facts, { channel: kind }) => {
      const { purpose, zone } = facts;
      const rules = [...quietHours, ...ownQuietHours(preferencesOf(facts))];
      const now = new Date(facts.now);
      const gate = quietHoursGate({ rules, channel: kind, purpose, zone, defaultZone, now });
      if (gate.pass) return undefined;
      const detail = `in ${gate.zone}${gate.zoneAssumed ? ' (assumed)' : ''}`;
      return { code: 'quiet-hours', opensAt: gate.until, detail, waits: true };
    },
  ),
];

/** The caps that are checked: the policy's, then the customer's own. */
export function capRules(
  { caps }: Pick<DecisionPolicy, 'caps'>,
  facts: Pick<DecisionFacts, 'preferences'>,
): readonly CapRule[] {
  return [...caps, ...ownCap(preferencesOf(facts))];
}
