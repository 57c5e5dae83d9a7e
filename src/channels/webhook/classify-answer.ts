import {
  PermanentSendError,
  SuppressedError,
  TransientSendError,
  UnknownOutcomeError,
  type SendError,
} from '../errors';
import type { PostAnswer, PostError } from './post';

/** Timeout, conflict with itself, too early, too many: the receiver asks to be tried again. */
const TRY_AGAIN = new Set([408, 425, 429]);
const MAX_RETRY_AFTER_MS = 24 * 3600 * 1000;

/** @returns why the receiver did not take the message, or undefined where it did (2xx) */
export function classifyAnswer(answer: PostAnswer, host: string): SendError | undefined {
  const { status } = answer;
  if (status >= 200 && status < 300) return undefined;
  const providerCode = String(status);
  const said = `The webhook at ${host} answered ${status}; expected 2xx`;
  if (status === 410) {
    return new SuppressedError(
      `${said}. 410 means that the address is gone; it is not called again until the customer gives another one.`,
      { providerCode },
    );
  }
  if (TRY_AGAIN.has(status) || status >= 500) {
    const retryAfterMs = retryAfter(answer);
    return new TransientSendError(`${said}. It is tried again later.`, {
      providerCode,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  const hint =
    status < 400
      ? 'Redirects are not followed; give the address that it points to.'
      : 'Look at what the receiver objects to.';
  return new PermanentSendError(`${said}. ${hint}`, { providerCode });
}

export function classifyPostError(error: PostError, host: string): SendError {
  if (error.reason === 'forbidden-address') {
    return new PermanentSendError(
      `The webhook at ${host} lies in a private network; expected a public address. Give a public address, or allow private ones in the webhook settings.`,
    );
  }
  if (error.written) {
    return new UnknownOutcomeError(
      `The webhook at ${host} got the request but its answer did not arrive: ${error.message}. It may or may not have acted on it.`,
    );
  }
  return new TransientSendError(
    `The webhook at ${host} was not reached: ${error.message}. Nothing was sent; it is tried again.`,
  );
}

/** `Retry-After` in milliseconds: seconds, or a date seen from the receiver's own `Date`. */
function retryAfter({ headers }: PostAnswer): number | undefined {
  const value = headers['retry-after']?.trim();
  if (!value) return undefined;
  const ms = /^\d+$/.test(value)
    ? Number(value) * 1000
    : Date.parse(value) - Date.parse(headers.date ?? '');
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS) : undefined;
}
