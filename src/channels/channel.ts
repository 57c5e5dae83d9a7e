import type {
  ChannelKind,
  MessageChannel,
  MessageContent,
} from '../domain/channels/message-content';
import type { Purpose } from '../domain/purpose';
import type { Callbacks } from './callbacks';

/** The content of messages on a channel. */
export type ContentOf<Channel extends MessageChannel> = Extract<
  MessageContent,
  { readonly channel: Channel }
>;

/**
 * One rendered message for one address on one channel, as a provider receives it.
 *
 * @example
 * const isMarketing = (message: OutgoingMessage) => message.purpose !== 'transactional';
 */
export interface OutgoingMessage<Content extends MessageContent = MessageContent> {
  /** UUIDv7. The same on each attempt, so use it as the provider's idempotency key. */
  readonly id: string;
  readonly customerId: string;
  /** In the channel's normalised form; for the in-app inbox, the customer's id. */
  readonly address: string;
  readonly purpose: Purpose;
  readonly content: Content;
  /** The time of the decision, on the journey's clock. */
  readonly decidedAt: Date;
  /** True if an earlier attempt had an unknown outcome, so that this one may be a duplicate. */
  readonly repeat: boolean;
  /** Link that unsubscribes the recipient from this purpose; absent for transactional messages. */
  readonly unsubscribeUrl?: string;
  /** A `mailto:` URI that unsubscribes, if a mailbox for such mails is configured. */
  readonly unsubscribeMail?: string;
}

/**
 * What a provider returned for an accepted message.
 *
 * @example
 * const receipt: DeliveryReceipt = { providerMessageId: 'SM123', response: 'queued' };
 */
export interface DeliveryReceipt {
  /** The provider's id for the message, which its callbacks refer to. Opaque to the engine. */
  readonly providerMessageId: string;
  /** The provider's response, for the record; at most 500 characters. */
  readonly response: string;
}

/** The inputs of a message's cost; `content` is absent before the message is rendered. */
export interface PricedMessage<Content extends MessageContent = MessageContent> {
  readonly address: string | null;
  readonly content?: Content;
}

/**
 * A configured provider. `deliver` makes exactly one attempt and resolves only after the provider has
 * accepted the message; otherwise it throws a `SendError`, whose class states the consequence. When
 * `signal` aborts, it stops and throws the class that fits the phase it had reached.
 */
export interface ChannelProvider {
  readonly channel: ChannelKind;
  /** Unique in the process; stored with each attempt, and part of the task queue's name. */
  readonly name: string;
  /** Whether the provider deduplicates by message id, so that no outcome is unknown. */
  readonly idempotent: boolean;
  /** The maximum number of messages per second over all workers; absent if there is no limit. */
  readonly rate?: number | undefined;
  /** The recipient address, on a channel whose address comes from the configuration. */
  readonly address?: string | undefined;
  /** Absent if the provider sends no callbacks. */
  readonly callbacks?: Callbacks | undefined;
  /** Cost of one message in the shop's currency, for decisions and reports. */
  costOf(message: PricedMessage): number;
  deliver(message: OutgoingMessage, signal: AbortSignal): Promise<DeliveryReceipt>;
  close(): Promise<void>;
}

/** The providers of one channel, in the order in which they are tried. */
export type ProviderChain = readonly [ChannelProvider, ...(readonly ChannelProvider[])];

export type ProviderChains = ReadonlyMap<ChannelKind, ProviderChain>;
