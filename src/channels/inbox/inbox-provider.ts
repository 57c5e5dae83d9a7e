import type { ChannelProvider, OutgoingMessage } from '../channel';
import { PermanentSendError, TransientSendError } from '../errors';
import type { Purpose } from '../../domain/purpose';

/** One entry of a customer's inbox within the product. */
export interface InboxItem {
  /** The message's id. */
  readonly id: string;
  readonly customerId: string;
  readonly purpose: Purpose;
  readonly title: string;
  readonly body: string;
  readonly url?: string;
  /** When the message was decided, on the journey's clock. */
  readonly at: Date;
}

/** Keeps an item. Idempotent by id: a second write of one item changes nothing. */
export type InboxWriter = (item: InboxItem) => Promise<void>;

export interface InboxSettings {
  readonly write: InboxWriter;
  readonly costPerMessage: number;
}

/**
 * Puts messages into the in-app inbox. No outcome is ever unknown here: the writer is idempotent,
 * so an attempt that ended without an answer is simply made again.
 */
export function createInboxProvider({ write, costPerMessage }: InboxSettings): ChannelProvider {
  return {
    channel: 'inapp',
    name: 'inbox',
    costPerMessage,
    async deliver(message, signal) {
      const item = toItem(message);
      try {
        signal.throwIfAborted();
        await untilAborted(write(item), signal);
      } catch (error) {
        throw new TransientSendError(
          `The inbox did not take message ${message.id}: ${signal.aborted ? 'the attempt was aborted' : nameOf(error)}. Writing it again is safe; it is tried again.`,
          { cause: error },
        );
      }
      return { providerMessageId: message.id, response: 'stored' };
    },
    close: () => Promise.resolve(),
  };
}

function toItem(message: OutgoingMessage): InboxItem {
  const { content } = message;
  if (content.channel !== 'inapp') {
    throw new PermanentSendError(
      `Found content for the channel ${content.channel} in message ${message.id}; expected content for inapp. Render the message for the channel that carries it.`,
    );
  }
  return {
    id: message.id,
    customerId: message.customerId,
    purpose: message.purpose,
    title: content.title,
    body: content.body,
    ...(content.url === undefined ? {} : { url: content.url }),
    at: message.decidedAt,
  };
}

function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(new Error('aborted'));
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
