/**
 * A request to `/v1/callbacks/:provider`, unparsed.
 *
 * @example
 * const signatureOf = (request: CallbackRequest) => request.headers['x-signature'] ?? '';
 */
export interface CallbackRequest {
  readonly method: 'GET' | 'POST';
  /**
   * The callback URL that is configured at the provider, with the query of this request. It is built
   * from our public URL, never from the `Host` header, because signatures cover it.
   */
  readonly url: URL;
  /** Keyed by lower-case header name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The raw bytes, as signatures cover them. */
  readonly body: Buffer;
}

/**
 * The response to a request that only registers the callback, such as a challenge.
 *
 * @example
 * const answer: CallbackAnswer = { status: 200, body: 'challenge accepted' };
 */
export interface CallbackAnswer {
  readonly status: number;
  /** Default `text/plain`. */
  readonly contentType?: 'text/plain' | 'application/json' | 'application/xml';
  readonly body: string;
}

/**
 * Why a callback is rejected.
 *
 * @example
 * const refusal: CallbackRefusal = {
 *   reason: 'forged',
 *   detail: 'Found no X-Signature; expected one. Check the signing secret.',
 * };
 */
export interface CallbackRefusal {
  /** `forged`: the signature is missing or wrong; `expired`: its timestamp is too old or in the future. */
  readonly reason: 'forged' | 'expired';
  /** What was found, what was expected and what to do. Must not contain the secret. */
  readonly detail: string;
}

/** Which message an event is about. */
export type EventSubject =
  /** Our message id, which the provider echoes. */
  | { readonly messageId: string }
  /** The provider's id, from the delivery receipt. */
  | { readonly providerMessageId: string };

interface AnyProviderEvent {
  /** Unique per provider and stable over retries, so that an event is applied once. */
  readonly id: string;
  readonly at: Date;
  /** The provider's explanation, without personal data. Truncated to 300 characters. */
  readonly reason?: string;
}

interface MessageReport extends AnyProviderEvent {
  readonly about: EventSubject;
}

/**
 * A provider's report, in the engine's terms.
 *
 * @example
 * const delivered: ProviderEvent = {
 *   id: 'evt-1',
 *   at: new Date('2026-03-01T08:00:00Z'),
 *   kind: 'delivered',
 *   about: { providerMessageId: 'SM123' },
 * };
 */
export type ProviderEvent =
  | (MessageReport & { readonly kind: 'delivered' | 'complained' })
  /** `hard`: the address does not work and is suppressed. */
  | (MessageReport & { readonly kind: 'bounced'; readonly bounce: 'hard' | 'soft' })
  /** `machine`: opened by a scanner or proxy, not by a person. */
  | (MessageReport & { readonly kind: 'opened'; readonly machine?: boolean })
  | (MessageReport & {
      readonly kind: 'clicked';
      readonly url?: string;
      readonly machine?: boolean;
    })
  | (MessageReport & { readonly kind: 'replied'; readonly text?: string })
  /** A message from a customer; the channel's `inbound.sender` parses `from`. */
  | (AnyProviderEvent & {
      readonly kind: 'received';
      readonly from: string;
      readonly text: string;
    });

/**
 * Verifies and parses a provider's callbacks, without I/O. The engine reads the body, stores the events
 * in one transaction, and answers 200 only after the commit.
 *
 * @example
 * const callbacks: Callbacks = {
 *   verify: ({ headers }) =>
 *     headers['x-token'] === 'secret'
 *       ? 'genuine'
 *       : { reason: 'forged', detail: 'Found a wrong X-Token; set the token of the account.' },
 *   read: ({ body }) => JSON.parse(body.toString('utf8')),
 * };
 */
export interface Callbacks {
  /** The maximum size of a body in bytes; default 1 MiB. */
  readonly maxBytes?: number;
  /** Answers a request that only registers the callback, such as a challenge, and has no events. */
  answer?(request: CallbackRequest): CallbackAnswer | undefined;
  /**
   * Verifies that the provider sent the request. Compare secrets in constant time.
   *
   * @param now the system time, for signatures that expire
   */
  verify(request: CallbackRequest, now: Date): 'genuine' | CallbackRefusal;
  /**
   * Parses the events of a verified request. Skip events that the engine has no term for.
   *
   * @throws {Error} if the body is not in the provider's format; the response is then 400
   */
  read(request: CallbackRequest): readonly ProviderEvent[];
  /**
   * The response to a callback that contained messages from customers, with the replies to them (such as
   * the confirmation of STOP). Without this function no reply is sent.
   */
  respond?(replies: readonly string[]): CallbackAnswer;
}

export const DEFAULT_MAX_CALLBACK_BYTES = 1024 * 1024;
