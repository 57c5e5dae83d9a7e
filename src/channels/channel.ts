import type { ChannelKind } from '../domain/channels/channel-kind';
import type { MessageContent } from '../domain/channels/message-content';
import type { Purpose } from '../domain/purpose';

/** One rendered message for one address on one channel, as a provider gets it. */
export interface OutgoingMessage {
  /** UUIDv7; the same on each attempt, and what a provider should deduplicate by. */
  readonly id: string;
  readonly customerId: string;
  /** An e-mail address, a phone number, a push token, a URL, or the customer's id for the inbox. */
  readonly address: string;
  readonly purpose: Purpose;
  readonly content: MessageContent;
  /** When the message was decided, on the journey's clock. */
  readonly decidedAt: Date;
  /** True where an earlier attempt ended with an unknown outcome, so this one may be a repeat. */
  readonly repeat: boolean;
  /** Link with which the recipient leaves this purpose; absent for transactional messages. */
  readonly unsubscribeUrl?: string;
  /** The same by mail: a `mailto:` URI, where a mailbox takes such mails. */
  readonly unsubscribeMail?: string;
}

export interface DeliveryReceipt {
  /** The provider's id for the message, to match its later reports. */
  readonly providerMessageId: string;
  /** What the provider said, for the record; never longer than 500 characters. */
  readonly response: string;
}

/**
 * One provider on one channel. `deliver` resolves only once the provider has taken the message;
 * otherwise it throws one of the `SendError` classes, whose class states the consequence.
 * Implementations stop when `signal` aborts, and then throw by how far they had come.
 */
export interface ChannelProvider {
  readonly channel: ChannelKind;
  /** The provider's name, such as `smtp`; stands in each message row. */
  readonly name: string;
  /** Cost of one message in the shop's currency, for decisions and reports. */
  readonly costPerMessage: number;
  deliver(message: OutgoingMessage, signal: AbortSignal): Promise<DeliveryReceipt>;
  close(): Promise<void>;
}
