import type { LoadCustomer, LoadEvent } from '../load';
import type { MailServer } from '../mail-server';
import { expectedOf } from '../model';
import { countFindings, type Figures } from './figures';
import { proveEnrollments } from './prove-enrollments';
import { proveEvents } from './prove-events';
import { proveMails } from './prove-mails';
import type { Stored } from './stored';

export interface Proof {
  readonly figures: Figures;
  /** What is wrong, in sentences. */
  readonly sentences: readonly string[];
}

/** Compares the driver's ledgers and the journeys' definition with what the system stored. */
export function prove(
  customers: readonly LoadCustomer[],
  accepted: ReadonlyMap<string, readonly LoadEvent[]>,
  mail: Pick<MailServer, 'taken' | 'refused'>,
  stored: Stored,
): Proof {
  const findings = countFindings();
  const expected = new Map(customers.map((each) => [each.userId, expectedOf(each)]));
  proveEvents(accepted, stored.events, findings);
  proveEnrollments(expected, stored, findings);
  const mails = [...expected.values()].flat().flatMap((enrollment) => enrollment.mails);
  proveMails(mails, mail, stored.messages, findings);
  if (stored.outbox > 0) {
    findings.add('lost', `${stored.outbox} rows still wait in the outbox.`, stored.outbox);
  }
  const count = [...accepted.values()].reduce((sum, events) => sum + events.length, 0);
  return { figures: { accepted: count, ...findings.figures }, sentences: findings.sentences };
}
