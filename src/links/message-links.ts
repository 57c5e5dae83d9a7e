import { LINK_LIFETIME_MS, signLink, type LinkClaim } from './signed-link';
import { isTransactional } from '../domain/purpose';

export interface LinkSettings {
  /** Where recipients reach the API, without a trailing slash: `https://mail.shop.example`. */
  readonly publicUrl: string;
  readonly signingKey: string;
  /** The mailbox that receives unsubscriptions by mail; without it, mails have no `mailto:` link. */
  readonly unsubscribeMailbox?: string | undefined;
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
  /** Unsubscribes by mail: a `mailto:` link whose subject contains the token. */
  readonly unsubscribeMail?: string;
  /** Opens the preference centre. */
  readonly preferences: string;
  /** Confirms a subscription that the customer requested (double opt-in). */
  confirm(topic: string): string;
}

/** The signed links of one message. Deterministic, so that retries send the same content. */
export function messageLinks(settings: LinkSettings, about: LinkSubject): MessageLinks {
  const { messageId, customerId, channel, purpose } = about;
  const expiresAt = about.decidedAt.getTime() + LINK_LIFETIME_MS;
  const token = (act: LinkClaim['act'], forPurpose: string) => {
    const claim = { act, customerId, channel, purpose: forPurpose, messageId, expiresAt };
    return signLink(claim, settings.signingKey);
  };
  const link = (act: LinkClaim['act'], forPurpose: string) =>
    `${settings.publicUrl}/${act}/${token(act, forPurpose)}`;
  const mailbox = settings.unsubscribeMailbox;
  const subject = () => encodeURIComponent(`unsubscribe ${token('unsubscribe', purpose)}`);
  return {
    ...(!isTransactional(purpose) && {
      unsubscribe: link('unsubscribe', purpose),
      ...(mailbox !== undefined && { unsubscribeMail: `mailto:${mailbox}?subject=${subject()}` }),
    }),
    preferences: link('preferences', purpose),
    confirm: (topic) => link('confirm', topic),
  };
}
