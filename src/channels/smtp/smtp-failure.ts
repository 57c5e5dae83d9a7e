import type { NodemailerError } from 'nodemailer/lib/errors';

/**
 * How far an attempt came. Only the last phase leaves the outcome open: until the final dot is
 * written no server may deliver the mail (RFC 5321, 4.1.1.4), afterwards it may have.
 */
export type SmtpPhase = 'waiting' | 'connect' | 'envelope' | 'data' | 'final-dot';

/** What went wrong, before it is judged. */
export interface SmtpFailure {
  readonly phase: SmtpPhase;
  /** The reply code, where the server itself refused. */
  readonly code: number | undefined;
  /** The server's reply, or what the socket or the abort said. */
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
