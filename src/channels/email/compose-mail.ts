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
  /** The whole mail, headers and bodies, as it travels. */
  readonly raw: Buffer;
}

/**
 * Turns a message into MIME. The outcome depends on the message and the sender only, so each
 * attempt sends the same bytes (but for the mark of a repeat), and a mailbox can deduplicate.
 *
 * @throws {PermanentSendError} the message can never become a mail, such as a broken address
 */
export async function composeMail(
  message: OutgoingMessage<ContentOf<'email'>>,
  sender: Sender,
): Promise<ComposedMail> {
  const { content } = message;
  if (!/^[\w.-]{1,128}$/.test(message.id)) {
    throw new PermanentSendError(
      'Found a message id that cannot stand in a Message-ID header; expected a UUID. Give the message an id made by the application.',
    );
  }
  // The address itself is personal and stays out of the sentence, which ends in a history.
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
    // Header injection ends here: no control character survives.
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
    // RFC 3834: a machine wrote this, so no out-of-office reply is due, marketing or not.
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
    const ways = [url, ...mailtoUri(message.unsubscribeMail)].map((way) => `<${way}>`);
    // Prepared, because folding a long link would break it for one-click unsubscribe (RFC 8058). It
    // counts only where a DKIM signature covers both headers, which the mail server has to make.
    headers.push({ key: 'List-Unsubscribe', value: { prepared: true, value: ways.join(', ') } });
    headers.push({ key: 'List-Unsubscribe-Post', value: 'List-Unsubscribe=One-Click' });
  }
  return headers;
}

function httpUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  // `href` percent-encodes what could end the header or the angle brackets.
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : undefined;
}

/** A `mailto:` that can stand between angle brackets, as a list of one; empty for anything else. */
function mailtoUri(text: string | undefined): readonly string[] {
  if (text === undefined || !URL.canParse(text)) return [];
  const url = new URL(text);
  return url.protocol === 'mailto:' && !/[\s<>,]/.test(url.href) ? [url.href] : [];
}
