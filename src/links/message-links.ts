import { LINK_LIFETIME_MS, signLink } from './signed-link';
import { isTransactional } from '../domain/purpose';

export interface LinkSettings {
  /** Where recipients reach the API, without a trailing slash: `https://mail.shop.example`. */
  readonly publicUrl: string;
  readonly signingKey: string;
}

export interface LinkSubject {
  readonly messageId: string;
  readonly customerId: string;
  readonly channel: string;
  readonly purpose: string;
  readonly decidedAt: Date;
}

export interface MessageLinks {
  readonly unsubscribe?: string;
  /** Confirms a subscription that the customer asked for (double opt-in). */
  confirm(topic: string): string;
}

/** The signed links of one message: the same each time they are made, so retries do not differ. */
export function messageLinks(settings: LinkSettings, subject: LinkSubject): MessageLinks {
  const { messageId, customerId, channel, purpose } = subject;
  const expiresAt = subject.decidedAt.getTime() + LINK_LIFETIME_MS;
  const link = (act: 'unsubscribe' | 'confirm', forPurpose: string) => {
    const claim = { act, customerId, channel, purpose: forPurpose, messageId, expiresAt };
    return `${settings.publicUrl}/${act}/${signLink(claim, settings.signingKey)}`;
  };
  return {
    ...(!isTransactional(purpose) && { unsubscribe: link('unsubscribe', purpose) }),
    confirm: (topic) => link('confirm', topic),
  };
}
