/**
 * The class of a delivery error states its consequence:
 *
 * - `TransientSendError`: the provider certainly did not take the message; try again later.
 * - `PermanentSendError`: the provider refused this message; trying again cannot help.
 * - `SuppressedError`: the address itself is dead or forbidden; it must not be written to again.
 * - `UnknownOutcomeError`: the provider may or may not have taken it (promise 4 decides what next).
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

export class TransientSendError extends SendError {
  readonly consequence = 'transient';
  /** Milliseconds after which the provider asked to be tried again. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    options: { cause?: unknown; providerCode?: string; retryAfterMs?: number } = {},
  ) {
    super(message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}

export class PermanentSendError extends SendError {
  readonly consequence = 'permanent';
}

export class SuppressedError extends SendError {
  readonly consequence = 'suppressed';
}

export class UnknownOutcomeError extends SendError {
  readonly consequence = 'unknown';
}
