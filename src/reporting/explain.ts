import type { Client } from '@temporalio/client';
import {
  customerProfile,
  type CustomerProfile,
} from '../db/read-models/customers/customer-profile';
import { decisionsOf } from '../db/read-models/customers/decisions';
import { enrollmentsOf, type EnrollmentView } from '../db/read-models/operations/enrollments';
import { findCustomer } from '../db/read-models/customers/find-customer';
import { refusalsOf, type RefusalView } from '../db/read-models/operations/refusals';
import { policiesOf } from '../db/read-models/operations/policies';
import type { Db } from '../db/transaction';
import type { Clock } from '../domain/clock';
import { describeDuration } from '../domain/duration';
import { explainDecision, moment } from './explain-decision';
import { liveStatuses, type LiveStatus } from './live-status';
import { reasonInWords } from './reason-words';

export interface ExplainDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly client: () => Promise<Client>;
}

/** Limits of one report; the API has the rest, in pages. */
const MAX_DECISIONS = 200;
const MAX_ENROLLMENTS = 100;
const MAX_REFUSALS = 50;

/**
 * Explains a customer's messages in words: the decisions, the refused entries, the ended journeys, and
 * the active journeys with their next timer.
 *
 * @param reference a user id, an anonymous id, a customer's id, or `email:...`
 * @throws {Error} if the reference matches no customer or several
 */
export async function explainCustomer(deps: ExplainDeps, reference: string): Promise<string> {
  const { db } = deps;
  const found = await findCustomer(db, reference);
  if (found.found !== 'one') {
    throw new Error(
      found.found === 'none'
        ? `Found no customer '${reference}'; expected a user id, an anonymous id, a customer's id, or email:ADDRESS.`
        : `Found several customers for '${reference}': ${found.ids.join(', ')}. Name one of them by its id.`,
    );
  }
  const whole = { limit: MAX_DECISIONS, before: undefined };
  const [profile, decisions, enrollments, refusals] = await Promise.all([
    customerProfile(db, found.id),
    decisionsOf(db, found.id, whole),
    enrollmentsOf(db, found.id, { ...whole, limit: MAX_ENROLLMENTS }),
    refusalsOf(db, found.id, MAX_REFUSALS),
  ]);
  const policies = await policiesOf(
    db,
    decisions.items.map(({ policyVersion }) => policyVersion),
  );
  const active = enrollments.items.filter(({ status }) => status === 'active');
  const statuses = await liveStatuses(deps.client, active);
  const now = deps.clock.now();
  return [
    ...aboutCustomer(found.id, profile),
    '',
    heading('Decisions', decisions.items.length, decisions.next !== null),
    ...decisions.items
      .toReversed()
      .flatMap((each) => [...explainDecision(each, policies.get(each.policyVersion ?? '')), '']),
    heading('Refused entries', refusals.length, refusals.length === MAX_REFUSALS),
    ...refusals.toReversed().map(aboutRefusal),
    '',
    heading('Ended journeys', enrollments.items.length - active.length, enrollments.next !== null),
    ...enrollments.items.filter(({ status }) => status !== 'active').map(aboutEnd),
    '',
    heading('Active journeys', active.length, false),
    ...active.flatMap((each) => aboutActive(each, statuses.get(each.id), now)),
    '',
  ].join('\n');
}

function heading(title: string, count: number, more: boolean): string {
  return `${title}: ${count === 0 ? 'none' : `${count}${more ? ' (the latest; the API has all)' : ''}`}`;
}

function aboutCustomer(id: string, profile: CustomerProfile | undefined): readonly string[] {
  if (profile === undefined) return [`Customer ${id}`];
  const names = profile.identifiers.map(({ kind, value }) => `${kind} ${value}`);
  const consents = profile.consents.map(
    ({ channel, purpose, state, at }) => `${channel}/${purpose} ${state} since ${moment(at)}`,
  );
  return [
    `Customer ${id} (${names.join(', ') || 'no identifiers'})`,
    `Time zone: ${profile.timeZone ?? 'unknown'}; consents: ${consents.join(', ') || 'none'}`,
  ];
}

function aboutRefusal({ journey, key, reason, opensAt, at }: RefusalView): string {
  const opens = opensAt === null ? '' : `; possible again at ${moment(opensAt)}`;
  return `${moment(at)}  ${journey}${named(key)}: ${reasonInWords(reason)}${opens}`;
}

function aboutEnd({ journey, key, status, reason, enteredAt, endedAt }: EnrollmentView): string {
  const when = endedAt === null ? '' : ` to ${moment(endedAt)}`;
  return `${moment(enteredAt)}${when}  ${journey}${named(key)}: ${status}, ${reasonInWords(reason ?? 'no reason given')}`;
}

function aboutActive(
  enrollment: EnrollmentView,
  live: LiveStatus | undefined,
  now: Date,
): readonly string[] {
  const { id, journey, key, enteredAt, startsAt, pausedAt } = enrollment;
  const lines = [`${moment(enteredAt)}  ${journey}${named(key)} (enrollment ${id})`];
  if (pausedAt !== null) lines.push(`  paused since ${moment(pausedAt)}`);
  if (enrollment.holdout) lines.push('  in the holdout: it gets no marketing message');
  if (live === undefined || !live.known) {
    const why = live === undefined ? 'not queried' : live.why;
    lines.push(
      startsAt > now
        ? `  starts at ${moment(startsAt)}, since the journey limits how many may start at a time`
        : `  next timer unknown: ${why}`,
    );
    return lines;
  }
  const { state, waitingFor, until, told } = live.status;
  const what = waitingFor ?? (state === 'running' ? 'executing a step' : state);
  const timer =
    until === null
      ? 'no timer'
      : `until ${moment(until)} (in ${describeDuration(new Date(until).getTime() - now.getTime())})`;
  lines.push(`  ${state}: ${what}, ${timer}`, ...told.map((line) => `  . ${line}`));
  return lines;
}

function named(key: string): string {
  return key === '' ? '' : ` [${key}]`;
}
