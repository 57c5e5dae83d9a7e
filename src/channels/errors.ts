/**
 * The class of a delivery error states its consequence:
 *
 * - `TransientSendError`: the provider certainly did not accept the message; it is retried.
 * - `PermanentSendError`: the provider refused this message; a retry cannot help.
 * - `SuppressedError`: the address does not work or is blocked; it must not be contacted again.
 * - `UnknownOutcomeError`: the provider may have accepted it; guarantee 4 decides what happens next.
 *
 * @example
 * const canRetry = (error: SendError) => error.consequence === 'transient';
 */
export abstract class SendError extends Error {
  abstract readonly consequence: 'transient' | 'permanent' | 'suppressed' | 'unknown';
  /** The provider's own code, such as an SMTP reply `550` or an HTTP status. */
  readonly providerCode: string | undefined;

  constructor(message: string, options: { cause?: unknown; providerCode?: string } = {}) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.providerCode = options.providerCode;
  }
}

/**
 * The provider certainly did not accept the message; it is retried.
 *
 * @example
 * throw new TransientSendError('Found status 503; expected 200.', { retryAfterMs: 30_000 });
 */
export class TransientSendError extends SendError {
  readonly consequence = 'transient';
  /** Minimum delay before a retry, in milliseconds, as the provider requested. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    options: { cause?: unknown; providerCode?: string; retryAfterMs?: number } = {},
  ) {
    super(message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}

/**
 * The provider refused this message; a retry cannot help.
 *
 * @example
 * throw new PermanentSendError('The text has 2,000 characters; the maximum is 1,600.');
 */
export class PermanentSendError extends SendError {
  readonly consequence = 'permanent';
}

/**
 * The address does not work or is blocked; it is suppressed on every channel that shares it.
 *
 * @example
 * throw new SuppressedError('The number does not exist.', { providerCode: '21211' });
 */
export class SuppressedError extends SendError {
  readonly consequence = 'suppressed';
}

/**
 * The provider may have accepted the message; marketing is then not repeated, transactional mail is.
 *
 * @example
 * throw new UnknownOutcomeError('The connection broke after the message was sent.');
 */
export class UnknownOutcomeError extends SendError {
  readonly consequence = 'unknown';
}
