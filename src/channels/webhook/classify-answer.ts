import {
  PermanentSendError,
  SuppressedError,
  TransientSendError,
  UnknownOutcomeError,
  type SendError,
} from '../errors';
import type { PostAnswer, PostError } from './post';

/** Request timeout, too early, too many requests. */
const RETRYABLE_STATUSES = new Set([408, 425, 429]);
const MAX_RETRY_AFTER_MS = 24 * 3600 * 1000;

/** @returns the error of a response other than 2xx; undefined for 2xx */
export function classifyAnswer(answer: PostAnswer, host: string): SendError | undefined {
  const { status } = answer;
  if (status >= 200 && status < 300) return undefined;
  const providerCode = String(status);
  const prefix = `The webhook at ${host} answered ${status}; expected 2xx`;
  if (status === 410) {
    return new SuppressedError(
      `${prefix}. 410 means that the address no longer exists; it is not called again until the customer provides another one.`,
      { providerCode },
    );
  }
  if (RETRYABLE_STATUSES.has(status) || status >= 500) {
    const retryAfterMs = retryAfter(answer);
    return new TransientSendError(`${prefix}. It is retried later.`, {
      providerCode,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  const hint =
    status < 400
      ? 'Redirects are not followed; configure the target of the redirect.'
      : 'Check why the receiver rejects the request.';
  return new PermanentSendError(`${prefix}. ${hint}`, { providerCode });
}

export function classifyPostError(error: PostError, host: string): SendError {
  if (error.reason === 'forbidden-address') {
    return new PermanentSendError(
      `The webhook at ${host} has an address in a private network; expected a public one. Use a public address, or allow private ones in the webhook settings.`,
    );
  }
  if (error.written) {
    return new UnknownOutcomeError(
      `The webhook at ${host} received the request, but its response did not arrive: ${error.message}. It may or may not have processed it.`,
    );
  }
  return new TransientSendError(
    `The webhook at ${host} could not be reached: ${error.message}. Nothing was sent; it is retried.`,
  );
}

/** `Retry-After` in milliseconds: from seconds, or from a date relative to the receiver's `Date`. */
function retryAfter({ headers }: PostAnswer): number | undefined {
  const value = headers['retry-after']?.trim();
  if (!value) return undefined;
  const ms = /^\d+$/.test(value)
    ? Number(value) * 1000
    : Date.parse(value) - Date.parse(headers.date ?? '');
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS) : undefined;
}
