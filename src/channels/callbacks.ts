/**
 * A request to `/v1/callbacks/:provider`, unparsed.
 *
 * @example
 * const signatureOf = (request: CallbackRequest) => request.headers['x-signature'] ?? '';
 */
export interface CallbackRequest {
  readonly method: 'GET' | 'POST';
  /**
   * The address that the provider was told, with the query of this request: it is made from our
   * public URL, never from the `Host` header, because signatures cover it.
   */
  readonly url: URL;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The bytes that a signature covers. */
  readonly body: Buffer;
}

/**
 * An answer to a request that only sets the callback up.
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
 * Why a callback is refused.
 *
 * @example
 * const refusal: CallbackRefusal = {
 *   reason: 'forged',
 *   detail: 'Found no X-Signature; expected one. Check the signing secret.',
 * };
 */
export interface CallbackRefusal {
  /** `forged`: the signature is missing or wrong; `expired`: its timestamp is too old or new. */
  readonly reason: 'forged' | 'expired';
  /** What was found, what was expected, what to do; without the secret. */
  readonly detail: string;
}

/** Which message an event is about. */
export type EventSubject =
  /** Our id, which the provider sent back. */
  | { readonly messageId: string }
  /** The provider's id, as the receipt of the delivery had it. */
  | { readonly providerMessageId: string };

interface AnyProviderEvent {
  /** Stable over retries, and unique for the provider: an event takes effect once. */
  readonly id: string;
  readonly at: Date;
  /** What the provider says about it; nothing personal. Cut to 300 characters. */
  readonly reason?: string;
}

interface MessageReport extends AnyProviderEvent {
  readonly about: EventSubject;
}

/**
 * Something that a provider reports, in the engine's terms.
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
  /** `hard`: the address is dead, and is suppressed. */
  | (MessageReport & { readonly kind: 'bounced'; readonly bounce: 'hard' | 'soft' })
  /** `machine`: a scanner or proxy did it, not a person. */
  | (MessageReport & { readonly kind: 'opened'; readonly machine?: boolean })
  | (MessageReport & {
      readonly kind: 'clicked';
      readonly url?: string;
      readonly machine?: boolean;
    })
  | (MessageReport & { readonly kind: 'replied'; readonly text?: string })
  /** A message from a customer; `from` as the channel's `inbound.sender` reads it. */
  | (AnyProviderEvent & {
      readonly kind: 'received';
      readonly from: string;
      readonly text: string;
    });

/**
 * The pure part of a provider's callbacks: a raw request in, a verdict or events out. The engine reads
 * the body, stores the events in one transaction, and answers 200 only after its commit.
 *
 * @example
 * const callbacks: Callbacks = {
 *   verify: ({ headers }) =>
 *     headers['x-token'] === 'secret'
 *       ? 'genuine'
 *       : { reason: 'forged', detail: 'Found a wrong X-Token; set the one of the account.' },
 *   read: ({ body }) => JSON.parse(body.toString('utf8')),
 * };
 */
export interface Callbacks {
  /** The most bytes of a body; default 1 MB. */
  readonly maxBytes?: number;
  /** Answers a request that only sets the callback up, such as a challenge; it reports nothing. */
  answer?(request: CallbackRequest): CallbackAnswer | undefined;
  /**
   * Whether the provider sent the request. Compare secrets in constant time.
   *
   * @param now the time of the machine, for signatures that expire
   */
  verify(request: CallbackRequest, now: Date): 'genuine' | CallbackRefusal;
  /**
   * The events of a genuine request; what the engine has no term for is left out.
   *
   * @throws {Error} a body that is not in the provider's format; the provider is answered 400
   */
  read(request: CallbackRequest): readonly ProviderEvent[];
  /**
   * The answer to a callback that brought messages from customers, with what they are to be sent back
   * (such as the confirmation of STOP); without it, nothing is sent back.
   */
  respond?(replies: readonly string[]): CallbackAnswer;
}

export const DEFAULT_MAX_CALLBACK_BYTES = 1024 * 1024;
