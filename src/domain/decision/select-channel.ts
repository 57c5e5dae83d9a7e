import type { ChannelKind } from '../channels/channel-kind';
import { consentGate, type ConsentRecord } from '../consent/consent';
import { ownCap, ownQuietHours, preferenceGate } from '../consent/preference-gate';
import type { Preferences } from '../consent/preferences';
import { chosenTimeGate } from './chosen-time';
import { capGate, type CapRule, type SentMessage } from './caps';
import { quietHoursGate, type QuietHours } from './quiet-hours';
import { isTransactional, type Purpose } from '../purpose';

/** What is known of one channel for one customer and one template. */
export interface ChannelFacts {
  readonly channel: ChannelKind;
  /** Whether the template has words for the channel. */
  readonly hasContent: boolean;
  /** Whether a provider is set up for it. */
  readonly hasProvider: boolean;
  /** Where the customer is reached on it; null where nobody knows. */
  readonly address: string | null;
  readonly suppressed: boolean;
  /** Whether somebody else at this address has just got the same message (marketing only). */
  readonly reached: boolean;
  /** Cost of one message, in the shop's currency. */
  readonly cost: number;
}

/** What came of one channel, the wanted ones in their order. */
export interface Candidate {
  readonly channel: ChannelKind;
  /** `chosen`, `passed` (it could have been), or the reason code of the gate that held it. */
  readonly verdict: string;
  readonly cost: number;
  /** When the gate opens by itself, ISO 8601, where it does. */
  readonly opensAt?: string;
  /** Numbers that the verdict is based on, such as the cap's name and count. */
  readonly detail?: string;
}

export interface Intent {
  readonly purpose: Purpose;
  readonly now: Date;
  readonly zone: string | null;
  readonly defaultZone: string;
  readonly facts: readonly ChannelFacts[];
  readonly consents: readonly ConsentRecord[];
  readonly caps: readonly CapRule[];
  readonly quietHours: readonly QuietHours[];
  readonly sent: readonly SentMessage[];
  readonly preferences: Preferences;
  /** Reasons for which the message has waited before, and whose time has come. */
  readonly waitedFor: readonly string[];
  readonly enrollmentEnded: boolean;
  readonly overdue: boolean;
  readonly holdout: boolean;
}

export type Selection =
  | {
      readonly outcome: 'send';
      readonly reason: 'chosen';
      readonly channel: ChannelKind;
      readonly candidates: readonly Candidate[];
    }
  | { readonly outcome: 'skip'; readonly reason: string; readonly candidates: readonly Candidate[] }
  | {
      readonly outcome: 'defer';
      readonly reason: string;
      readonly until: Date;
      readonly candidates: readonly Candidate[];
    };

/**
 * Chooses the channel of one message: the first of the wanted ones whose gates are all open. Where
 * none is open and a time of day is all that holds one back (a digest, the customer's best time,
 * quiet hours), the message waits until the earliest opens. A cap does not make a message wait, nor
 * does a pause: what was worth saying then may not be later.
 *
 * The gates in their order: the enrollment has ended, the step is overdue, the customer is in the
 * holdout (marketing only); then for each channel: words, provider, address, suppression and
 * consent, the same message to somebody else at the address, the customer's preferences, caps,
 * digest, best time, quiet hours.
 */
export function selectChannel(intent: Intent): Selection {
  const whole = intentReason(intent);
  if (whole !== undefined) {
    const candidates = intent.facts.map((facts) => candidate(facts, whole));
    return { outcome: 'skip', reason: whole, candidates };
  }
  const candidates: Candidate[] = [];
  let chosen: ChannelKind | undefined;
  let wait: { readonly until: Date; readonly reason: string } | undefined;
  for (const facts of intent.facts) {
    const held = gate(intent, facts);
    if (held === undefined) {
      candidates.push(candidate(facts, chosen === undefined ? 'chosen' : 'passed'));
      chosen ??= facts.channel;
      continue;
    }
    const { waits, opensAt, reason } = held;
    if (waits && opensAt !== undefined && (wait === undefined || opensAt < wait.until)) {
      wait = { until: opensAt, reason };
    }
    candidates.push(candidate(facts, held.reason, held));
  }
  if (chosen !== undefined) {
    return { outcome: 'send', reason: 'chosen', channel: chosen, candidates };
  }
  if (wait !== undefined) return { outcome: 'defer', ...wait, candidates };
  return { outcome: 'skip', reason: primaryReason(candidates), candidates };
}

/** What is missing in the set-up rather than decided about the customer, from far to near. */
const SET_UP = ['no-content', 'no-provider', 'no-address'];

/**
 * The reason of the channel that came furthest: that push has no provider tells little where e-mail
 * was capped.
 */
function primaryReason(candidates: readonly Candidate[]): string {
  const verdicts = candidates.map(({ verdict }) => verdict);
  const decided = verdicts.find((verdict) => !SET_UP.includes(verdict));
  const nearest = SET_UP.findLast((verdict) => verdicts.includes(verdict));
  return decided ?? nearest ?? 'no-channel';
}

function intentReason(intent: Intent): string | undefined {
  if (intent.enrollmentEnded) return 'enrollment-ended';
  if (intent.overdue) return 'overdue';
  if (intent.holdout && !isTransactional(intent.purpose)) return 'holdout';
  return undefined;
}

interface Rejection {
  readonly reason: string;
  readonly opensAt?: Date;
  readonly detail?: string;
  /** Whether the message may wait for the gate to open. */
  readonly waits: boolean;
}

function gate(intent: Intent, facts: ChannelFacts): Rejection | undefined {
  const { purpose, now } = intent;
  const { channel } = facts;
  if (!facts.hasContent) return { reason: 'no-content', waits: false };
  if (!facts.hasProvider) return { reason: 'no-provider', waits: false };
  if (facts.address === null) return { reason: 'no-address', waits: false };
  const { consents, sent, zone, defaultZone, preferences, waitedFor } = intent;
  const consent = consentGate({ purpose, channel, consents, suppressed: facts.suppressed });
  if (!consent.pass) return { reason: consent.reason, waits: false };
  if (facts.reached) return { reason: 'address-reached', waits: false };
  const wish = preferenceGate({ preferences, channel, purpose, now });
  if (!wish.pass) return { ...wish, waits: false };
  const caps = [...intent.caps, ...ownCap(preferences)];
  const cap = capGate({ rules: caps, sent, candidate: { channel, purpose }, now });
  if (!cap.pass) {
    const { rule, sentInWindow, opensAt } = cap;
    const detail = `${rule.name}: ${sentInWindow} of ${rule.max} in ${String(rule.window)}`;
    return { reason: 'capped', opensAt, detail, waits: false };
  }
  const time = chosenTimeGate({ preferences, purpose, zone, defaultZone, now, waitedFor });
  if (!time.pass) return { reason: time.reason, opensAt: time.until, waits: true };
  const rules = [...intent.quietHours, ...ownQuietHours(preferences)];
  const quiet = quietHoursGate({ rules, channel, purpose, zone, defaultZone, now });
  if (quiet.pass) return undefined;
  const detail = `in ${quiet.zone}${quiet.zoneAssumed ? ' (assumed)' : ''}`;
  return { reason: 'quiet-hours', opensAt: quiet.until, detail, waits: true };
}

function candidate(facts: ChannelFacts, verdict: string, held?: Rejection): Candidate {
  return {
    channel: facts.channel,
    verdict,
    cost: facts.cost,
    ...(held?.opensAt !== undefined && { opensAt: held.opensAt.toISOString() }),
    ...(held?.detail !== undefined && { detail: held.detail }),
  };
}
