import {
  PermanentSendError,
  SuppressedError,
  TransientSendError,
  UnknownOutcomeError,
  type SendError,
} from '../errors';
import { isDeadMailbox } from './dead-mailbox';
import type { SmtpFailure } from './smtp-failure';

/** Replies about our authentication rather than about the mail (RFC 4954). */
const AUTHENTICATION_CODES = new Set([530, 534, 535, 538]);

/**
 * Maps a failed attempt to the `SendError` that fits the phase it reached and the server's reply.
 *
 * @param failure its `detail` must not contain the recipient's address
 * @param server host and port
 */
export function classifyFailure(failure: SmtpFailure, server: string): SendError {
  const { phase, code, detail } = failure;
  const quoted = JSON.stringify(detail.slice(0, 300));
  const options = code === undefined ? {} : { providerCode: String(code) };

  if (isAuthenticationFailure(failure)) {
    return new TransientSendError(
      `The mail server ${server} rejected our credentials: ${quoted}. Check the user and password in SMTP_URL; the mail is retried.`,
      options,
    );
  }
  if (code !== undefined && code >= 400 && code < 600) {
    const reply = `The mail server ${server} answered ${quoted}${failure.command ? ` to ${failure.command}` : ''}`;
    if (phase === 'connect') {
      return new TransientSendError(
        `${reply} while connecting. Check that the server in SMTP_URL accepts connections from this machine; the mail is retried.`,
        options,
      );
    }
    // 503 (bad sequence of commands) is about the session, not about the mail.
    if (code < 500 || code === 503) {
      return new TransientSendError(`${reply}; expected 250. The mail is retried later.`, options);
    }
    const verdict = isDeadMailbox(code, detail);
    if (verdict === 'dead') {
      return new SuppressedError(
        `${reply}: the mailbox does not exist or is disabled. No more mail is sent to it until the customer provides another address.`,
        options,
      );
    }
    if (verdict === 'busy') {
      return new TransientSendError(
        `${reply}: the mailbox accepts no more mail for now. The mail is retried later.`,
        options,
      );
    }
    return new PermanentSendError(
      `${reply}; expected 250. A retry would be rejected again; the reply says what to change.`,
      options,
    );
  }
  if (phase === 'final-dot') {
    return new UnknownOutcomeError(
      `The mail server ${server} received the complete mail, but its reply did not arrive: ${quoted}. The mail may or may not be delivered.`,
      options,
    );
  }
  if (isRejectedByClient(failure)) {
    return new PermanentSendError(
      `The mail cannot be sent to ${server}: ${quoted}. Correct the address or shorten the mail.`,
      options,
    );
  }
  return new TransientSendError(
    `The mail did not reach ${server} (${PHASE_WORDS[phase]}): ${quoted}. Nothing was sent; it is retried${phase === 'connect' ? '. If this persists, check SMTP_URL' : ''}.`,
    options,
  );
}

const PHASE_WORDS = {
  waiting: 'no connection was free',
  connect: 'while connecting',
  envelope: 'before the server accepted any data',
  data: 'before the end of the mail was written',
  'final-dot': 'after the mail was written',
} as const;

/** nodemailer itself rejects an invalid envelope address, and a mail over the server's SIZE limit. */
function isRejectedByClient({ code, command, errorCode, phase }: SmtpFailure): boolean {
  if (code !== undefined || phase !== 'envelope') return false;
  return errorCode === 'EMESSAGE' || (errorCode === 'EENVELOPE' && command === 'API');
}

function isAuthenticationFailure({ code, command, errorCode }: SmtpFailure): boolean {
  if (errorCode === 'EAUTH' || errorCode === 'ENOAUTH' || errorCode === 'EOAUTH2') return true;
  if (command?.startsWith('AUTH')) return true;
  return code !== undefined && AUTHENTICATION_CODES.has(code) && command !== 'RCPT TO';
}
