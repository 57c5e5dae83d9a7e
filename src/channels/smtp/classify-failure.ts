import {
  PermanentSendError,
  SuppressedError,
  TransientSendError,
  UnknownOutcomeError,
  type SendError,
} from '../errors';
import { isDeadMailbox } from './dead-mailbox';
import type { SmtpFailure } from './smtp-failure';

/** Replies about who we are rather than about the mail (RFC 4954). */
const AUTHENTICATION_CODES = new Set([530, 534, 535, 538]);

/**
 * Judges a failed attempt by how far it came and what the server said.
 *
 * @param failure with its `detail` already freed of the recipient's address
 * @param server host and port
 */
export function classifyFailure(failure: SmtpFailure, server: string): SendError {
  const { phase, code, detail } = failure;
  const quoted = JSON.stringify(detail.slice(0, 300));
  const options = code === undefined ? {} : { providerCode: String(code) };

  if (concernsAuthentication(failure)) {
    return new TransientSendError(
      `The mail server ${server} did not accept our credentials: ${quoted}. Check user and password in SMTP_URL; the mail waits and is tried again.`,
      options,
    );
  }
  if (code !== undefined && code >= 400 && code < 600) {
    const said = `The mail server ${server} answered ${quoted}${failure.command ? ` to ${failure.command}` : ''}`;
    if (phase === 'connect') {
      return new TransientSendError(
        `${said} before it heard of any mail. Check that SMTP_URL names a server that serves this machine; the mail waits and is tried again.`,
        options,
      );
    }
    // 503: our session was out of step, which says nothing about the mail.
    if (code < 500 || code === 503) {
      return new TransientSendError(
        `${said}; expected 250. The mail is tried again later.`,
        options,
      );
    }
    const verdict = isDeadMailbox(code, detail);
    if (verdict === 'dead') {
      return new SuppressedError(
        `${said}: the mailbox does not exist or is disabled. It is not written to again until the customer gives another address.`,
        options,
      );
    }
    if (verdict === 'busy') {
      return new TransientSendError(
        `${said}: the mailbox takes no more for now. The mail is tried again later.`,
        options,
      );
    }
    return new PermanentSendError(
      `${said}; expected 250. The same mail will be refused again; look at the reply for what to change.`,
      options,
    );
  }
  if (phase === 'final-dot') {
    return new UnknownOutcomeError(
      `The mail server ${server} got the whole mail but its answer did not arrive: ${quoted}. It may or may not deliver it.`,
      options,
    );
  }
  if (refusedByClient(failure)) {
    return new PermanentSendError(
      `The mail cannot be sent to ${server}: ${quoted}. Correct the address or shorten the mail.`,
      options,
    );
  }
  return new TransientSendError(
    `The mail did not reach ${server} (${PHASE_WORDS[phase]}): ${quoted}. Nothing was sent; it is tried again${phase === 'connect' ? '. If this goes on, check SMTP_URL' : ''}.`,
    options,
  );
}

const PHASE_WORDS = {
  waiting: 'no connection was free',
  connect: 'while connecting',
  envelope: 'before the server took any data',
  data: 'before the end of the mail was written',
  'final-dot': 'after the mail was written',
} as const;

/** nodemailer itself: an address that cannot stand in an envelope, a mail over the server's SIZE. */
function refusedByClient({ code, command, errorCode, phase }: SmtpFailure): boolean {
  if (code !== undefined || phase !== 'envelope') return false;
  return errorCode === 'EMESSAGE' || (errorCode === 'EENVELOPE' && command === 'API');
}

function concernsAuthentication({ code, command, errorCode }: SmtpFailure): boolean {
  if (errorCode === 'EAUTH' || errorCode === 'ENOAUTH' || errorCode === 'EOAUTH2') return true;
  if (command?.startsWith('AUTH')) return true;
  return code !== undefined && AUTHENTICATION_CODES.has(code) && command !== 'RCPT TO';
}
