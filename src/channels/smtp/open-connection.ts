import type { NodemailerError } from 'nodemailer/lib/errors';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { abortedAt, failureOf } from './smtp-failure';
import type { SmtpServerAddress } from './smtp-url';

export interface SmtpTimeouts {
  /** From the DNS lookup to an open socket. */
  readonly connectMs: number;
  /** Until the server's greeting, and for the TLS upgrade. */
  readonly greetingMs: number;
  /** Maximum silence within a session, including the wait for the reply to a mail. */
  readonly replyMs: number;
}

/**
 * Connects, greets, upgrades to TLS and logs in.
 *
 * @throws {SmtpFailureError} in phase `connect`
 */
export function openConnection(
  server: SmtpServerAddress,
  timeouts: SmtpTimeouts,
  signal: AbortSignal,
): Promise<SMTPConnection> {
  const connection = new SMTPConnection({
    ...server.options,
    dnsTimeout: timeouts.connectMs,
    connectionTimeout: timeouts.connectMs + timeouts.greetingMs,
    greetingTimeout: timeouts.greetingMs,
    socketTimeout: timeouts.replyMs,
    socketCloseTimeout: 0,
  });
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      signal.removeEventListener('abort', onAbort);
      connection.off('end', onEnd);
      act();
    };
    const fail = (error: NodemailerError) =>
      settle(() => {
        connection.close();
        reject(failureOf('connect', error));
      });
    const onAbort = () =>
      settle(() => {
        connection.close();
        reject(abortedAt('connect'));
      });
    // A connection can end without an error, and then no callback is called.
    const onEnd = () => setImmediate(() => fail(new Error('the connection was closed')));

    // Never removed: an error of an idle connection would otherwise be unhandled. The pool checks
    // `destroyed`.
    connection.on('error', (error: NodemailerError) => fail(error));
    connection.on('end', onEnd);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) return onAbort();

    connection.connect((error) => {
      if (error) return fail(error);
      if (!server.auth || !connection.allowsAuth) return settle(() => resolve(connection));
      connection.login({ ...server.auth }, (refused) =>
        refused ? fail(refused) : settle(() => resolve(connection)),
      );
    });
  });
}
