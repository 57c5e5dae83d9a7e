import { setTimeout as pause } from 'node:timers/promises';
import { startSmtpServer } from '../test/support/smtp';
import type { Random } from './random';

/** How the mail server misbehaves. */
export type MailFault =
  /** Takes each mail at once and answers seconds later. */
  | 'slow'
  /** Refuses for now, with 451. */
  | 'busy'
  /** Refuses some mails for good, with 554. */
  | 'strict'
  /** Takes each mail and closes the connection without an answer. */
  | 'vanishing';

/** One mail that the server took, whether or not its client heard so. */
export interface TakenMail {
  readonly messageId: string;
  readonly recipient: string;
  readonly subject: string;
  /** Whether it said of itself that it may be a repeat. */
  readonly marked: boolean;
}

export interface MailServer {
  readonly url: string;
  readonly port: number;
  /** In the order in which they were taken, repeats included. */
  taken(): readonly TakenMail[];
  /** The ids of the messages that were refused for good. */
  readonly refused: ReadonlySet<string>;
  /** Misbehaves until told `undefined`. */
  behave(fault: MailFault | undefined): void;
  /** Answers the next mail late, and resolves as soon as it is taken; or after so long without one. */
  untilTaking(withinMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** The message's id, as it stands in its Message-ID. */
function idIn(messageId: string | undefined): string {
  return /^<([^@]*)@/.exec(messageId ?? '')?.[1] ?? '';
}

/** How long a slow answer takes: longer than a decision waits for its first attempt. */
const SLOW_MS = 2_500;
/** Other than when it is busy, the server lets some mails through undisturbed. */
const SHARE_TROUBLED = 0.6;

/** A real SMTP server that keeps a record of its own of what it took and what it refused. */
export async function startMailServer(random: Random): Promise<MailServer> {
  const refused = new Set<string>();
  let fault: MailFault | undefined;
  let onTaking: (() => void) | undefined;
  const slowly = () => ({ after: new Promise((resolve) => setTimeout(resolve, SLOW_MS)) });
  const smtp = await startSmtpServer({
    behaviour({ stage, messageId }) {
      if (stage !== 'message') return 'accept';
      if (onTaking !== undefined) {
        onTaking();
        return slowly();
      }
      if (fault === undefined || !random.chance(SHARE_TROUBLED)) return 'accept';
      switch (fault) {
        case 'slow':
          return slowly();
        case 'busy':
          return { code: 451, text: '4.3.2 Try again later' };
        case 'strict':
          refused.add(idIn(messageId));
          return { code: 554, text: '5.7.1 Refused by policy' };
        case 'vanishing':
          return 'drop';
      }
    },
  });
  return {
    url: smtp.url,
    port: Number(new URL(smtp.url).port),
    refused,
    taken: () =>
      smtp.mails.map(({ messageId, rcpt, subject, headers }) => ({
        messageId,
        recipient: rcpt[0] ?? '',
        subject,
        marked: headers.has('x-throughline-repeat'),
      })),
    behave(given) {
      fault = given;
    },
    async untilTaking(withinMs) {
      const taking = new Promise<void>((resolve) => {
        onTaking = resolve;
      });
      await Promise.race([taking, pause(withinMs, undefined, { ref: false })]);
      // The behaviour is asked just before the mail is put on record.
      await pause(50);
      onTaking = undefined;
    },
    stop: () => smtp.stop(),
  };
}
