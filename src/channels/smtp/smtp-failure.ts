import type { NodemailerError } from 'nodemailer/lib/errors';

/**
 * The phase that an attempt reached. Only in the last phase is the outcome unknown: a server must not
 * deliver the mail before the final dot (RFC 5321, 4.1.1.4), and may have delivered it after that.
 */
export type SmtpPhase = 'waiting' | 'connect' | 'envelope' | 'data' | 'final-dot';

/** A failed attempt, before it is classified. */
export interface SmtpFailure {
  readonly phase: SmtpPhase;
  /** The reply code, if the server replied. */
  readonly code: number | undefined;
  /** The server's reply, or the message of the socket error or abort. */
  readonly detail: string;
  /** The SMTP command that failed, such as `RCPT TO`. */
  readonly command: string | undefined;
  /** nodemailer's code, such as `EAUTH` or `ETIMEDOUT`. */
  readonly errorCode: string | undefined;
}

export class SmtpFailureError extends Error {
  readonly failure: SmtpFailure;

  constructor(failure: SmtpFailure, cause?: unknown) {
    super(failure.detail, { cause });
    this.name = 'SmtpFailureError';
    this.failure = failure;
  }
}

export function failureOf(phase: SmtpPhase, error: NodemailerError): SmtpFailureError {
  return new SmtpFailureError(
    {
      phase,
      code: error.responseCode,
      detail: error.response ?? error.message,
      command: error.command,
      errorCode: error.code,
    },
    error,
  );
}

export function abortedAt(phase: SmtpPhase): SmtpFailureError {
  return new SmtpFailureError({
    phase,
    code: undefined,
    detail: 'the attempt was aborted',
    command: undefined,
    errorCode: 'EABORT',
  });
}
