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

/** Any mail server. */
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
 * Sends mail to an SMTP server and knows how far each attempt came, so that a lost connection
 * is `UnknownOutcomeError` only where the server can have the whole mail.
 *
 * @throws {Error} settings that are no server or no sender
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
      // Servers like to repeat the recipient, and this sentence ends in a workflow's history.
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
  const lease = await pool.take(signal);
  try {
    return await sendOverLease(pool, lease, mail, signal);
  } catch (error) {
    // The connection died while it was idle: nothing was sent, so a fresh connection is used.
    if (!(error instanceof SmtpFailureError) || lease.uses === 0 || signal.aborted) throw error;
    const { phase, code } = error.failure;
    if (phase !== 'envelope' || !(code === undefined || code === 421)) throw error;
    return sendOverLease(pool, await pool.takeFresh(signal), mail, signal);
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
    pool.releaseClaim(lease);
    return reply;
  } catch (error) {
    const refused = error instanceof SmtpFailureError ? error.failure : undefined;
    // Only a refused envelope leaves a conversation that RSET is sure to bring back into step.
    if (refused?.phase === 'envelope' && refused.code !== undefined && refused.code !== 421) {
      resetThen(lease.connection, () => pool.releaseClaim(lease));
    } else {
      lease.connection.close();
    }
    throw error;
  }
}

/** In the background: the mail's fate is known and need not wait for this. */
function resetThen(connection: SMTPConnection, act: () => void): void {
  connection.reset((error) => (error ? connection.close() : act()));
}

function withoutAddress(text: string, ...addresses: readonly string[]): string {
  return addresses.reduce((rest, address) => {
    const literally = address.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');
    return rest.replaceAll(new RegExp(literally, 'giu'), 'the recipient');
  }, text);
}
