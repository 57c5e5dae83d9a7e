/**
 * What a link in a message may do after its page is confirmed. The forms of a page contain a token for
 * `form`, which proves that the page was opened before the post.
 */
export interface LinkClaim {
  readonly act: 'unsubscribe' | 'confirm' | 'preferences' | 'form';
  readonly customerId: string;
  readonly channel: string;
  readonly purpose: string;
  readonly messageId: string;
  /** Milliseconds since 1970 after which the link is rejected. */
  readonly expiresAt: number;
}
