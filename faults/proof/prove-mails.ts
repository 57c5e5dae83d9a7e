import type { MailServer, TakenMail } from '../mail-server';
import type { ExpectedMail } from '../model';
import type { Findings } from './figures';
import { grouped } from './grouped';
import type { StoredMessage } from './stored';

type Ledger = Pick<MailServer, 'taken' | 'refused'>;

/**
 * Compares the mail server's record with what the journeys were expected to send. Marketing was accepted
 * at most once. A transactional mail was accepted, and repeated only where an attempt had an unknown
 * outcome, then with the same Message-ID and marked. There are no unexpected mails.
 */
export function proveMails(
  expected: readonly ExpectedMail[],
  ledger: Ledger,
  messages: readonly StoredMessage[],
  findings: Findings,
): void {
  const taken = grouped(ledger.taken(), ({ subject }) => subject);
  const decided = grouped(messages, ({ subject }) => subject);
  for (const mail of expected) {
    const mails = taken.get(mail.subject) ?? [];
    const [message, ...more] = decided.get(mail.subject) ?? [];
    taken.delete(mail.subject);
    if (more.length > 0) {
      findings.add(
        'mismatched',
        `'${mail.subject}' was decided ${more.length + 1} times.`,
        more.length,
      );
    }
    if (mails.length === 0) proveAbsence(mail, message, ledger.refused, findings);
    else if (mail.purpose === 'marketing') proveOnce(mail, mails, findings);
    else proveRepeats(mail, mails, message, findings);
  }
  for (const [subject, mails] of taken) {
    findings.add(
      'mismatched',
      `'${subject}' was sent, which no journey was expected to do.`,
      mails.length,
    );
  }
}

/** A mail may be missing where it was refused permanently, or is marketing of unknown outcome. */
function proveAbsence(
  mail: ExpectedMail,
  message: StoredMessage | undefined,
  refused: ReadonlySet<string>,
  findings: Findings,
): void {
  if (!mail.certain) return;
  const status = message?.status ?? 'never decided';
  if (message !== undefined && refused.has(message.id) && status === 'failed') return;
  if (mail.purpose === 'marketing' && status === 'unknown' && (message?.unknown ?? 0) > 0) return;
  findings.add(
    'lost',
    `'${mail.subject}' never reached the mail server (${status}, ${message?.error ?? 'no error'}).`,
  );
}

function proveOnce(mail: ExpectedMail, mails: readonly TakenMail[], findings: Findings): void {
  const again = mails.length - 1;
  if (again > 0) {
    findings.add('marketingTwice', `'${mail.subject}' was taken ${mails.length} times.`, again);
  }
}

function proveRepeats(
  mail: ExpectedMail,
  mails: readonly TakenMail[],
  message: StoredMessage | undefined,
  findings: Findings,
): void {
  const [first, ...repeats] = mails;
  if (repeats.length === 0) return;
  findings.add('repeated', '', repeats.length);
  const wrong = repeats.filter(
    ({ marked, messageId }) => !marked || messageId !== first?.messageId,
  ).length;
  if (wrong > 0 || message?.repeated !== true) {
    findings.add(
      'unmarked',
      `'${mail.subject}' was taken ${mails.length} times, ${wrong} of them without a mark or under another Message-ID.`,
      Math.max(1, wrong),
    );
  }
  const known = repeats.length - (message?.unknown ?? 0);
  if (known > 0) {
    findings.add('uncaused', `'${mail.subject}' was repeated though its outcome was known.`, known);
  }
}
