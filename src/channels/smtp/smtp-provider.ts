import { z } from 'zod';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { ContentOf, DeliveryReceipt, OutgoingMessage } from '../channel';
import { defineProvider, type ProviderClient } from '../define-provider';
import { mailSettings } from '../email/mail-settings';
import { composeMail, type ComposedMail } from '../email/compose-mail';
import { parseSender } from '../email/sender';
import { ConnectionPool, type Lease, type SmtpPoolSettings } from './connection-pool';
import { classifyFailure } from './classify-failure';
import { openConnection, type SmtpTimeouts } from './open-connection';
import { sendOver } from './send-over';
import { SmtpFailureError } from './smtp-failure';
import { parseSmtpUrl } from './smtp-url';

export interface SmtpSettings {
  /** `smtp://user:password@host:587` or `smtps://...`; see `parseSmtpUrl` for its parameters. */
  readonly url: string;
  /** `My Shop <hello@shop.example>` */
  readonly from: string;
  readonly pool?: Partial<SmtpPoolSettings> | undefined;
  readonly timeouts?: Partial<SmtpTimeouts> | undefined;
}

/** Sends mail to any SMTP server. */
export const smtp = defineProvider({
  name: 'smtp',
  channel: 'email',
  settings: mailSettings.extend({ SMTP_URL: z.string() }),
  idempotent: false,
  rate: (settings) => settings.EMAIL_RATE,
  create: ({ SMTP_URL: url, MAIL_FROM: from }) => createSmtpClient({ url, from }),
});

const POOL: SmtpPoolSettings = { maxConnections: 5, maxMessagesPerConnection: 100, idleMs: 10_000 };
const TIMEOUTS: SmtpTimeouts = { connectMs: 15_000, greetingMs: 15_000, replyMs: 60_000 };

/**
 * Sends mail to an SMTP server and tracks the phase of each attempt, so that a lost connection is an
 * `UnknownOutcomeError` only if the server can have the complete mail.
 *
 * @throws {Error} if the server or the sender in the settings is invalid
 */
export function createSmtpClient(settings: SmtpSettings): Required<ProviderClient<'email'>> {
  const server = parseSmtpUrl(settings.url);
  const sender = parseSender(settings.from);
  const timeouts = { ...TIMEOUTS, ...settings.timeouts };
  const pool = new ConnectionPool({ ...POOL, ...settings.pool }, (signal) =>
    openConnection(server, timeouts, signal),
  );

  async function deliver(
    message: OutgoingMessage<ContentOf<'email'>>,
    signal: AbortSignal,
  ): Promise<DeliveryReceipt> {
    const mail = await composeMail(message, sender);
    try {
      const reply = await pool.withSlot(signal, () => sendOnce(pool, mail, signal));
      return {
        providerMessageId: mail.messageId,
        response: withoutAddress(reply, message.address, mail.to).slice(0, 500),
      };
    } catch (error) {
      if (!(error instanceof SmtpFailureError)) throw error;
      // Replies often contain the recipient, and workflow histories contain this error.
      const detail = withoutAddress(error.failure.detail, message.address, mail.to);
      throw classifyFailure({ ...error.failure, detail }, server.label);
    }
  }

  return { deliver, close: () => pool.close() };
}

async function sendOnce(
  pool: ConnectionPool,
  mail: ComposedMail,
  signal: AbortSignal,
): Promise<string> {
  const lease = await pool.acquire(signal);
  try {
    return await sendOverLease(pool, lease, mail, signal);
  } catch (error) {
    // The connection broke while it was idle, so nothing was sent: use a new connection.
    if (!(error instanceof SmtpFailureError) || lease.uses === 0 || signal.aborted) throw error;
    const { phase, code } = error.failure;
    if (phase !== 'envelope' || !(code === undefined || code === 421)) throw error;
    return sendOverLease(pool, await pool.acquireNew(signal), mail, signal);
  }
}

async function sendOverLease(
  pool: ConnectionPool,
  lease: Lease,
  mail: ComposedMail,
  signal: AbortSignal,
): Promise<string> {
  try {
    const reply = await sendOver(lease.connection, mail, signal);
    pool.release(lease);
    return reply;
  } catch (error) {
    const failure = error instanceof SmtpFailureError ? error.failure : undefined;
    // RSET restores the session reliably only after a rejected envelope.
    if (failure?.phase === 'envelope' && failure.code !== undefined && failure.code !== 421) {
      resetThen(lease.connection, () => pool.release(lease));
    } else {
      lease.connection.close();
    }
    throw error;
  }
}

/** Runs in the background, because the outcome of the mail is already known. */
function resetThen(connection: SMTPConnection, act: () => void): void {
  connection.reset((error) => (error ? connection.close() : act()));
}

function withoutAddress(text: string, ...addresses: readonly string[]): string {
  return addresses.reduce((result, address) => {
    const escaped = address.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');
    return result.replaceAll(new RegExp(escaped, 'giu'), 'the recipient');
  }, text);
}
