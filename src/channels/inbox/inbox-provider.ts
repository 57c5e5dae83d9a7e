import { z } from 'zod';
import type { ContentOf, OutgoingMessage } from '../channel';
import { defineProvider, type ProviderClient } from '../define-provider';
import { TransientSendError } from '../errors';
import type { Purpose } from '../../domain/purpose';

/** One item of a customer's in-app inbox. */
export interface InboxItem {
  /** The message's id. */
  readonly id: string;
  readonly customerId: string;
  readonly purpose: Purpose;
  readonly title: string;
  readonly body: string;
  readonly url?: string;
  /** The time of the decision, on the journey's clock. */
  readonly at: Date;
}

/** Stores an item. Idempotent by id: a second write of an item changes nothing. */
export type InboxWriter = (item: InboxItem) => Promise<void>;

/**
 * The in-app inbox. Its outcome is never unknown: the writer is idempotent, so an attempt without a
 * response is retried.
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
          `The inbox did not accept message ${message.id}: ${signal.aborted ? 'the attempt was aborted' : nameOf(error)}. The write is idempotent and is retried.`,
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
