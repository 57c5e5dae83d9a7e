import { z } from 'zod';
import type { ContentOf, OutgoingMessage } from '../channel';
import { defineProvider, type ProviderClient } from '../define-provider';
import { TransientSendError } from '../errors';
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

/**
 * The in-app inbox. No outcome is ever unknown: the writer is idempotent, so an attempt that ended
 * without an answer is made again.
 */
export function inbox(write: InboxWriter) {
  return defineProvider({
    name: 'inbox',
    channel: 'inapp',
    settings: z.object({}),
    idempotent: true,
    create: () => createInboxClient(write),
  });
}

function createInboxClient(write: InboxWriter): ProviderClient<'inapp'> {
  return {
    async deliver(message, signal) {
      const item = toItem(message);
      try {
        signal.throwIfAborted();
        await untilAborted(write(item), signal);
      } catch (error) {
        throw new TransientSendError(
          `The inbox did not accept message ${message.id}: ${signal.aborted ? 'the attempt was aborted' : nameOf(error)}. The attempt is safe to repeat and is retried.`,
          { cause: error },
        );
      }
      return { providerMessageId: message.id, response: 'stored' };
    },
  };
}

function toItem(message: OutgoingMessage<ContentOf<'inapp'>>): InboxItem {
  const { content } = message;
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
