import type { OutgoingMessage } from './channel';

/** The part of a message that is fixed by its decision, before any delivery attempt. */
export type DecidedMessage = Pick<
  OutgoingMessage,
  'id' | 'customerId' | 'address' | 'purpose' | 'content' | 'decidedAt'
>;

/**
 * Builds the message that the provider receives.
 *
 * @param links the message's own links; `unsubscribe` is absent for transactional messages
 * @param repeat whether an earlier attempt had an unknown outcome
 */
export function toOutgoing(
  message: DecidedMessage,
  links: { readonly unsubscribe?: string; readonly unsubscribeMail?: string },
  repeat = false,
): OutgoingMessage {
  const { id, customerId, address, purpose, content, decidedAt } = message;
  return {
    ...{ id, customerId, address, purpose, content, decidedAt, repeat },
    ...(links.unsubscribe !== undefined && { unsubscribeUrl: links.unsubscribe }),
    ...(links.unsubscribeMail !== undefined && { unsubscribeMail: links.unsubscribeMail }),
  };
}
