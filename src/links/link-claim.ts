/**
 * What a link in a message may do once its page is confirmed. `form` stands in the forms of a page:
 * that somebody saw the page before they posted.
 */
export interface LinkClaim {
  readonly act: 'unsubscribe' | 'confirm' | 'preferences' | 'form';
  readonly customerId: string;
  readonly channel: string;
  readonly purpose: string;
  readonly messageId: string;
  /** Milliseconds since 1970 after which the link is refused. */
  readonly expiresAt: number;
}
