import type { AttemptView, DecisionView, MessageView } from '../db/read-models/customers/decisions';
import type { DecisionPolicy } from '../domain/decision/policy';
import type { Json } from '../domain/json';
import type { Candidate } from '../domain/decision/decide';
import { reasonInWords } from './reason-words';

/** Formats a time in UTC. */
export function moment(at: Date | string): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Describes a decision, using only its record. */
export function explainDecision(
  decision: DecisionView,
  policy?: DecisionPolicy,
): readonly string[] {
  const { journey, key, step, template, purpose } = decision;
  const about = key === '' ? '' : `, ${key}`;
  return [
    `${moment(decision.firstAt)}  ${verdict(decision)}: '${template}' for ${purpose} (${journey}${about}, step ${step})`,
    ...(decision.outcome === 'send' ? [] : [`  because ${reasonInWords(decision.reason)}`]),
    ...decision.candidates.map((each) => `  ${candidate(each)}`),
    ...decision.deferrals.map(
      (each) =>
        `  waited from ${moment(each.at)} until ${moment(each.until)}: ${reasonInWords(each.reason)}`,
    ),
    ...(decision.outcome === 'defer' && decision.nextAt !== null
      ? [`  decided again at ${moment(decision.nextAt)}`]
      : []),
    ...basis(decision, policy),
    ...(decision.message === null ? [] : explainMessage(decision.message)),
  ];
}

function verdict({ outcome, channel, deferrals }: DecisionView): string {
  switch (outcome) {
    case 'send':
      return `${deferrals.length > 0 ? 'decided, after waiting, to send' : 'decided to send'} by ${channel ?? 'no channel'}`;
    case 'skip':
      return 'decided not to send';
    case 'defer':
      return 'decided to wait';
  }
}

function candidate({ channel, verdict: found, detail, opensAt, cost }: Candidate): string {
  const words = reasonInWords(found);
  const numbers = detail === undefined ? '' : ` (${detail})`;
  const opens = opensAt === undefined ? '' : `, until ${moment(opensAt)}`;
  if (found === 'chosen') return `${channel}: chosen (costs ${cost})`;
  return `${channel}: ${found === 'passed' ? '' : 'rejected, '}${words}${numbers}${opens}`;
}

/** Describes the recorded facts of a decision. */
function basis(
  { basis: facts, purpose, variant }: DecisionView,
  policy: DecisionPolicy | undefined,
): readonly string[] {
  const lines: string[] = [];
  const consents = Array.isArray(facts['consents'])
    ? (facts['consents'] as readonly unknown[])
    : [];
  const agreed = consents.map((each) => {
    const { channel, purpose: to, state, at } = each as Record<string, unknown>;
    return `${String(channel)}/${String(to)} ${String(state)} since ${moment(String(at))}`;
  });
  if (purpose !== 'transactional') {
    lines.push(`  consents then: ${agreed.length === 0 ? 'none' : agreed.join(', ')}`);
    const caps = (policy?.caps ?? []).map(
      ({ name, max, window }) => `${name}: ${max} in ${String(window)}`,
    );
    if (caps.length > 0) {
      lines.push(
        `  caps then: ${caps.join(', ')}; marketing messages in the longest window: ${inWords(facts['sentInLongestWindow'])}`,
      );
    }
  }
  const preferences = facts['preferences'];
  if (purpose !== 'transactional' && preferences !== undefined) {
    lines.push(`  preferences then: ${inWords(preferences)}`);
  }
  const arms = Object.entries(variant).map(([name, arm]) => `${name} = ${inWords(arm)}`);
  if (arms.length > 0) lines.push(`  experiments then: ${arms.join(', ')}`);
  return lines;
}

/** Formats a JSON value of a record. */
function inWords(value: Json | undefined): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'not recorded');
}

function explainMessage(message: MessageView): readonly string[] {
  const { id, address, status, error, repeated } = message;
  const times = [
    ['sent', message.sentAt],
    ['delivered', message.deliveredAt],
    ['opened', message.openedAt],
    ['clicked', message.clickedAt],
  ] as const;
  const known = times
    .filter(([, at]) => at !== null)
    .map(([what, at]) => `${what} ${moment(at ?? new Date(0))}`);
  return [
    `  message ${id} to ${address}: ${statusWords(message)}${known.length === 0 ? '' : ` (${known.join(', ')})`}`,
    ...(error === null || status === 'sent' || status === 'delivered'
      ? []
      : [`    because ${reasonInWords(error)}`]),
    ...(repeated
      ? ['    sent again under the same Message-ID, since the outcome of an attempt was unknown']
      : []),
    ...message.attempts.map((each) => `    ${attemptWords(each)}`),
  ];
}

function statusWords({ status, provider }: MessageView): string {
  const by = provider === null ? '' : ` by ${provider}`;
  switch (status) {
    case 'decided':
      return 'waits for its delivery';
    case 'sending':
      return `is being delivered${by}`;
    case 'sent':
      return `was accepted${by}`;
    case 'delivered':
      return `was delivered${by}`;
    case 'bounced':
      return 'bounced';
    case 'failed':
      return 'was not delivered';
    case 'suppressed':
      return 'was refused permanently';
    case 'unknown':
      return 'has an unknown outcome';
  }
}

function attemptWords({
  attempt,
  provider,
  startedAt,
  endedAt,
  outcome,
  response,
  repeat,
}: AttemptView) {
  const details = response === null ? '' : ` (${response})`;
  const result =
    endedAt === null
      ? 'has no outcome yet, or was interrupted by a crash'
      : `${outcomeWords(outcome)} at ${moment(endedAt)}${details}`;
  return `attempt ${attempt}${repeat ? ' (a repeat)' : ''} with ${provider} at ${moment(startedAt)}: ${result}`;
}

function outcomeWords(outcome: string | null): string {
  switch (outcome ?? 'ended') {
    case 'sent':
      return 'accepted';
    case 'transient':
      return 'failed temporarily';
    case 'permanent':
      return 'refused';
    case 'suppressed':
      return 'refused permanently';
    case 'unknown':
      return 'outcome unknown';
    default:
      return outcome ?? 'ended';
  }
}
