import MailComposer from 'nodemailer/lib/mail-composer';
import type { ContentOf, OutgoingMessage } from '../channel';
import { PermanentSendError } from '../errors';
import { parseEmailAddress } from './email-address';
import type { Sender } from './sender';

export interface ComposedMail {
  /** With angle brackets; the same for each attempt at one message. */
  readonly messageId: string;
  readonly from: string;
  readonly to: string;
  /** The complete MIME message, headers and bodies. */
  readonly raw: Buffer;
}

/**
 * Renders a message as MIME. The result depends only on the message and the sender, so each attempt
 * sends the same bytes (except for the header of a repeat), and a mailbox can deduplicate.
 *
 * @throws {PermanentSendError} if the message cannot be sent as a mail, such as for an invalid address
 */
export async function composeMail(
  message: OutgoingMessage<ContentOf<'email'>>,
  sender: Sender,
): Promise<ComposedMail> {
  const { content } = message;
  if (!/^[\w.-]{1,128}$/.test(message.id)) {
    throw new PermanentSendError(
      'Found a message id that is not valid in a Message-ID header; expected a UUID. Use an id that the application generated.',
    );
  }
  // The address is personal data, so it is not in the error, which workflow histories contain.
  const to = parseEmailAddress(message.address);
  if (!to) {
    throw new PermanentSendError(
      `The address of message ${message.id} is not an e-mail address; expected one such as name@shop.example. Correct the customer's e-mail.`,
    );
  }
  const messageId = `<${message.id}@${sender.domain}>`;
  const raw = await new MailComposer({
    from: { name: sender.name, address: sender.address },
    to: { name: '', address: to.address },
    // Prevents header injection.
    subject: content.subject.replace(/\p{Cc}+/gu, ' ').trim(),
    date: message.decidedAt,
    messageId,
    text: content.text,
    html: content.html,
    headers: extraHeaders(message),
    baseBoundary: message.id,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();
  return { messageId, from: sender.address, to: to.address, raw };
}

type Header = { key: string; value: string | { prepared: true; value: string } };

function extraHeaders(message: OutgoingMessage<ContentOf<'email'>>): Header[] {
  const headers: Header[] = [
    { key: 'X-Throughline-Message', value: message.id },
    // RFC 3834: prevents out-of-office replies.
    { key: 'Auto-Submitted', value: 'auto-generated' },
  ];
  if (message.repeat) headers.push({ key: 'X-Throughline-Repeat', value: '1' });
  if (message.unsubscribeUrl !== undefined) {
    const url = httpUrl(message.unsubscribeUrl);
    if (!url) {
      throw new PermanentSendError(
        `The unsubscribe link of message ${message.id} is not an http(s) URL; expected an absolute one. Set the public URL of the API.`,
      );
    }
    const targets = [url, ...mailtoUri(message.unsubscribeMail)].map((target) => `<${target}>`);
    // `prepared` prevents folding, which would break a long link for one-click unsubscribe (RFC 8058).
    // RFC 8058 also requires a DKIM signature of both headers, which the mail server has to add.
    headers.push({ key: 'List-Unsubscribe', value: { prepared: true, value: targets.join(', ') } });
    headers.push({ key: 'List-Unsubscribe-Post', value: 'List-Unsubscribe=One-Click' });
  }
  return headers;
}

function httpUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  // `href` percent-encodes characters that could end the header or the angle brackets.
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : undefined;
}

/** A list with the `mailto:` URI if it is valid between angle brackets; otherwise an empty list. */
function mailtoUri(text: string | undefined): readonly string[] {
  if (text === undefined || !URL.canParse(text)) return [];
  const url = new URL(text);
  return url.protocol === 'mailto:' && !/[\s<>,]/.test(url.href) ? [url.href] : [];
}
