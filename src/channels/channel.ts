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
  /** UUIDv7; the same on each attempt, and what a provider should deduplicate by. */
  readonly id: string;
  readonly customerId: string;
  /** In the channel's normal form; the customer's id for the in-app inbox. */
  readonly address: string;
  readonly purpose: Purpose;
  readonly content: Content;
  /** When the message was decided, on the journey's clock. */
  readonly decidedAt: Date;
  /** True where an earlier attempt ended with an unknown outcome, so this one may be a repeat. */
  readonly repeat: boolean;
  /** Link with which the recipient leaves this purpose; absent for transactional messages. */
  readonly unsubscribeUrl?: string;
  /** The same by mail: a `mailto:` URI, where a mailbox takes such mails. */
  readonly unsubscribeMail?: string;
}

/**
 * What a provider returned for an accepted message.
 *
 * @example
 * const receipt: DeliveryReceipt = { providerMessageId: 'SM123', response: 'queued' };
 */
export interface DeliveryReceipt {
  /** The provider's id for the message, which its callbacks name. Opaque to the engine. */
  readonly providerMessageId: string;
  /** What the provider said, for the record; never longer than 500 characters. */
  readonly response: string;
}

/** What the cost of a message depends on; `content` is unknown before the message is rendered. */
export interface PricedMessage<Content extends MessageContent = MessageContent> {
  readonly address: string | null;
  readonly content?: Content;
}

/**
 * A provider that is set up. `deliver` makes exactly one attempt and resolves only once the provider
 * has accepted the message; otherwise it throws one of the `SendError` classes, whose class states
 * the consequence. It stops when `signal` aborts, and then throws by how far it had come.
 */
export interface ChannelProvider {
  readonly channel: ChannelKind;
  /** Unique in the process; stored with each attempt, and part of the task queue's name. */
  readonly name: string;
  /** Whether the provider itself keeps a repeated message id once, so that no outcome is unknown. */
  readonly idempotent: boolean;
  /** The most messages a second, over all workers; absent where the provider sets no limit. */
  readonly rate?: number | undefined;
  /** Where its messages go, on a channel whose address comes from the configuration. */
  readonly address?: string | undefined;
  /** What it reports back; absent where nothing ever comes back. */
  readonly callbacks?: Callbacks | undefined;
  /** Cost of one message in the shop's currency, for decisions and reports. */
  costOf(message: PricedMessage): number;
  deliver(message: OutgoingMessage, signal: AbortSignal): Promise<DeliveryReceipt>;
  close(): Promise<void>;
}

/** The providers of one channel, in the order in which they are tried. */
export type ProviderChain = readonly [ChannelProvider, ...(readonly ChannelProvider[])];

export type ProviderChains = ReadonlyMap<ChannelKind, ProviderChain>;
