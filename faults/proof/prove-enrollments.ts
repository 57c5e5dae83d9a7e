import { workflowIdOf } from '../../src/journey/protocol';
import type { ExpectedEnrollment } from '../model';
import type { Findings } from './figures';
import { grouped } from './grouped';
import type { Stored, StoredEnrollment } from './stored';

/** Temporal's status of a workflow whose enrollment ended normally. */
const WELL_ENDED = 'COMPLETED';

/**
 * Each accepted trigger led to one enrollment, which ended as the journey's definition says, in Postgres
 * and in Temporal; and there are no others.
 */
export function proveEnrollments(
  expected: ReadonlyMap<string, readonly ExpectedEnrollment[]>,
  stored: Pick<Stored, 'enrollments' | 'workflows' | 'events'>,
  findings: Findings,
): void {
  const rest = grouped(stored.enrollments, nameOf);
  const closed = diariesClosed(stored);
  for (const [userId, enrollments] of expected) {
    for (const one of enrollments) {
      const name = nameOf({ ...one, userId });
      const found = rest.get(name) ?? [];
      rest.delete(name);
      proveOne(name, one, found, stored.workflows, findings);
      if (one.seen !== undefined) proveSeen(name, one.seen, closed.get(one.key) ?? [], findings);
    }
  }
  for (const [name, extra] of rest) {
    findings.add('mismatched', `${name} was entered without a trigger.`, extra.length);
  }
}

function proveOne(
  name: string,
  expected: ExpectedEnrollment,
  found: readonly StoredEnrollment[],
  workflows: ReadonlyMap<string, string>,
  findings: Findings,
): void {
  const [enrollment, ...more] = found;
  if (enrollment === undefined) {
    findings.add('lost', `${expected.triggeredBy} was accepted and let nobody into ${name}.`);
    findings.add('mismatched', `${name} was never entered.`);
    return;
  }
  if (more.length > 0) {
    findings.add('mismatched', `${name} was entered ${found.length} times.`, more.length);
  }
  const workflow = workflows.get(workflowIdOf(enrollment.journey, enrollment.id));
  if (workflow === undefined) {
    findings.add(
      'lost',
      `${expected.triggeredBy} let a customer into ${name}, which Temporal never got.`,
    );
  }
  const end =
    enrollment.status === 'active' ? 'active' : `${enrollment.status}: ${enrollment.reason}`;
  if (end !== expected.end || workflow !== WELL_ENDED) {
    findings.add(
      'mismatched',
      `${name} (${enrollment.id}) is '${end}' and its workflow ${workflow ?? 'missing'}; expected '${expected.end}' and ${WELL_ENDED}.`,
    );
  }
}

/** A diary journey received the events that were sent, in that order; a gap is a loss. */
function proveSeen(
  name: string,
  expected: string,
  closed: readonly string[],
  findings: Findings,
): void {
  const [seen, ...more] = closed;
  if (seen === undefined) return; // its enrollment has not ended, which is told already
  if (more.length > 0) findings.add('storedTwice', `${name} was closed twice.`, more.length);
  if (seen === expected) return;
  findings.add('outOfOrder', `${name} saw '${seen}'; expected '${expected}'.`);
  const numbers = new Set(seen.split(' '));
  const missed = expected.split(' ').filter((number) => !numbers.has(number));
  if (missed.length > 0) {
    findings.add('lost', `${name} never saw ${missed.join(' and ')}.`, missed.length);
  }
}

function diariesClosed({ events }: Pick<Stored, 'events'>): ReadonlyMap<string, readonly string[]> {
  const closed = new Map<string, string[]>();
  for (const { name, properties } of events) {
    if (name !== 'Diary Closed') continue;
    const key = String(properties['diary_id']);
    closed.set(key, [...(closed.get(key) ?? []), String(properties['seen'])]);
  }
  return closed;
}

function nameOf(one: {
  readonly userId: string;
  readonly journey: string;
  readonly key: string;
}): string {
  return `${one.journey} of ${one.userId} for ${one.key}`;
}
