import type { ContentOf, OutgoingMessage } from '../../src/channels/channel';
import type { MessageContent } from '../../src/domain/channels/message-content';

export const DECIDED_AT = new Date('2025-03-04T10:00:00Z');

export function exampleMessage<Content extends MessageContent>(
  content: Content,
  change: Partial<OutgoingMessage<Content>> = {},
): OutgoingMessage<Content> {
  return {
    id: '01956092-8d80-7000-8000-000000000001',
    customerId: 'customer-1',
    address: 'customer-1',
    purpose: 'offers',
    content,
    decidedAt: DECIDED_AT,
    repeat: false,
    ...change,
  };
}

export function exampleMail(
  change: Partial<OutgoingMessage<ContentOf<'email'>>> = {},
): OutgoingMessage<ContentOf<'email'>> {
  const content = {
    channel: 'email',
    subject: 'Your cart is waiting – 10 % €',
    html: '<p>Hello <b>Ada</b></p>',
    text: 'Hello Ada\n.\n.leading dots\n',
  } as const;
  return exampleMessage<ContentOf<'email'>>(content, {
    address: 'ada@customer.example',
    ...change,
  });
}
