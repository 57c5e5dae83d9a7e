import { setTimeout as pause } from 'node:timers/promises';
import { startSmtpServer } from '../test/support/smtp';
import type { Random } from './random';

/** How the mail server misbehaves. */
export type MailFault =
  /** Accepts each mail at once and answers seconds later. */
  | 'slow'
  /** Refuses temporarily, with 451. */
  | 'busy'
  /** Refuses some mails permanently, with 554. */
  | 'strict'
  /** Accepts each mail and closes the connection without an answer. */
  | 'vanishing';

/** A mail that the server accepted, whether or not its client received the answer. */
export interface TakenMail {
  readonly messageId: string;
  readonly recipient: string;
  readonly subject: string;
  /** Whether it was marked as a possible repeat. */
  readonly marked: boolean;
}

export interface MailServer {
  readonly url: string;
  readonly port: number;
  /** In the order of acceptance, repeats included. */
  taken(): readonly TakenMail[];
  /** The ids of the messages that were refused permanently. */
  readonly refused: ReadonlySet<string>;
  /** Misbehaves until set to `undefined`. */
  behave(fault: MailFault | undefined): void;
  /** Answers the next mail late. Resolves when it is accepted, or after a timeout. */
  untilTaking(withinMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** The message's id, from its Message-ID header. */
function idIn(messageId: string | undefined): string {
  return /^<([^@]*)@/.exec(messageId ?? '')?.[1] ?? '';
}

/** How long a slow answer takes: longer than inline delivery waits. */
const SLOW_MS = 2_500;
/** Except when busy, the server handles some mails normally. */
const SHARE_TROUBLED = 0.6;

/** A real SMTP server that records what it accepted and what it refused. */
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
      // The behaviour is read just before the mail is recorded.
      await pause(50);
      onTaking = undefined;
    },
    stop: () => smtp.stop(),
  };
}
