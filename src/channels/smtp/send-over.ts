import { Readable } from 'node:stream';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { ComposedMail } from '../email/compose-mail';
import { abortedAt, failureOf, SmtpFailureError, type SmtpPhase } from './smtp-failure';

const CHUNK_BYTES = 16 * 1024;

/**
 * Sends one mail over an open connection.
 *
 * nodemailer hides how far a mail came, so the body is a stream that knows: it is first read once
 * the server answered DATA with 354, and only after it ended can the final dot be on the wire.
 *
 * @returns the server's reply to the mail
 * @throws {SmtpFailureError} with the phase that the attempt had reached
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
    // nodemailer forgets the mail in flight where it finds the socket destroyed by itself.
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
          // An answer to a mail that the server cannot have: the session is out of step.
          reject(new SmtpFailureError(outOfStep(phase, info.response)));
        }),
    );
  });
}

function outOfStep(phase: SmtpPhase, response: string) {
  return {
    phase,
    code: undefined,
    detail: `answered before the mail was complete: ${response}`,
    command: 'DATA',
    errorCode: 'EPROTOCOL',
  };
}
