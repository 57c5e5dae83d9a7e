import { Readable } from 'node:stream';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { ComposedMail } from '../email/compose-mail';
import { abortedAt, failureOf, SmtpFailureError, type SmtpPhase } from './smtp-failure';

const CHUNK_BYTES = 16 * 1024;

/**
 * Sends one mail over an open connection.
 *
 * nodemailer does not report how far a mail got, so the body is a stream that tracks the phase: it is
 * read only after the server has answered DATA with 354, and the final dot is sent only after it ended.
 *
 * @returns the server's reply to the mail
 * @throws {SmtpFailureError} with the phase that the attempt reached
 */
export function sendOver(
  connection: SMTPConnection,
  mail: ComposedMail,
  signal: AbortSignal,
): Promise<string> {
  let phase: SmtpPhase = 'envelope';
  const body = Readable.from(
    (function* () {
      phase = 'data';
      for (let start = 0; start < mail.raw.length; start += CHUNK_BYTES) {
        yield mail.raw.subarray(start, start + CHUNK_BYTES);
      }
      phase = 'final-dot';
    })(),
    { objectMode: false },
  );

  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      signal.removeEventListener('abort', onAbort);
      connection.off('end', onEnd);
      act();
    };
    const onAbort = () =>
      settle(() => {
        const reached = phase;
        connection.close();
        reject(abortedAt(reached));
      });
    // nodemailer does not call back for the mail in flight if the socket was destroyed.
    const onEnd = () =>
      setImmediate(() => settle(() => reject(failureOf(phase, new Error('connection lost')))));

    if (signal.aborted) return reject(abortedAt(phase));
    signal.addEventListener('abort', onAbort, { once: true });
    connection.on('end', onEnd);
    connection.send(
      { from: mail.from, to: [mail.to], size: mail.raw.length },
      body,
      (error, info) =>
        settle(() => {
          if (error) return reject(failureOf(phase, error));
          if (phase === 'final-dot') return resolve(info.response);
          // A reply before the server can have the complete mail: the session is out of sync.
          reject(new SmtpFailureError(protocolFailure(phase, info.response)));
        }),
    );
  });
}

function protocolFailure(phase: SmtpPhase, response: string) {
  return {
    phase,
    code: undefined,
    detail: `answered before the mail was complete: ${response}`,
    command: 'DATA',
    errorCode: 'EPROTOCOL',
  };
}
