import type { JsonObject } from '../json';

/** What became of a message. Purchases are not among them: attribution relates these to touches. */
export type TouchOutcome = 'sent' | 'delivered' | 'opened' | 'clicked' | 'bounced' | 'complained';

/** An outcome that an event reports of a message. */
export interface ReportedTouch {
  readonly messageId: string;
  readonly outcome: TouchOutcome;
  readonly at: Date;
  /** Whether a machine opened it, such as a mail proxy; null if the report does not say. */
  readonly machine: boolean | null;
}

const OUTCOMES: ReadonlyMap<string, TouchOutcome> = new Map([
  ['Message Delivered', 'delivered'],
  ['Message Opened', 'opened'],
  ['Message Clicked', 'clicked'],
  ['Message Bounced', 'bounced'],
  ['Message Complained', 'complained'],
]);

/** @returns undefined for an event that reports no outcome of a message of ours */
export function touchOf(event: {
  readonly name: string;
  readonly properties: JsonObject;
  readonly aboutMessageId: string | null;
  readonly occurredAt: Date;
}): ReportedTouch | undefined {
  const outcome = OUTCOMES.get(event.name);
  if (outcome === undefined || event.aboutMessageId === null) return undefined;
  const { machine } = event.properties;
  return {
    messageId: event.aboutMessageId,
    outcome,
    at: event.occurredAt,
    machine: typeof machine === 'boolean' ? machine : null,
  };
}

/**
 * Combines reports of one outcome of one message, in any order: the earliest counts, but a report
 * by a person (or an unknown party) precedes those by machines.
 */
export function combineTouches(a: ReportedTouch, b: ReportedTouch): ReportedTouch {
  const machine = a.machine === true && b.machine === true ? true : lessMachine(a, b);
  const first = precedes(a, b) ? a : b;
  return { ...first, machine };
}

function precedes(a: ReportedTouch, b: ReportedTouch): boolean {
  const [byMachine, otherByMachine] = [a.machine === true, b.machine === true];
  return byMachine === otherByMachine ? a.at <= b.at : otherByMachine;
}

/** False if one of them is known to be by a person, null if that is unknown. */
function lessMachine(a: ReportedTouch, b: ReportedTouch): boolean | null {
  return a.machine === false || b.machine === false ? false : null;
}
