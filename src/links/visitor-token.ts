import { createHmac, timingSafeEqual } from 'node:crypto';

/** The query parameter for the token in links to the application's own websites. */
export const VISITOR_PARAMETER = 'tl';

/** How long a token identifies the visitor. */
const LIFETIME_MS = 30 * 24 * 3600 * 1000;

const VERSION = '1';

/** The content of a token: the customer to whom a message was sent. */
export interface Visitor {
  readonly customerId: string;
  readonly messageId: string;
}

/**
 * Signs the recipient of a message as a token that is short enough for each link: version, customer,
 * message and expiry in seconds, with HMAC-SHA256 (RFC 2104). The key is derived from the signing key
 * for this use only, so that tokens of another use are not accepted.
 */
export function signVisitor(visitor: Visitor, sentAt: Date, signingKey: string): string {
  const expires = Math.floor((sentAt.getTime() + LIFETIME_MS) / 1000).toString(36);
  const payload = [VERSION, visitor.customerId, visitor.messageId, expires].join('.');
  return `${payload}.${signature(payload, signingKey)}`;
}

/** @returns the content of a token; undefined if it is forged, expired or malformed */
export function readVisitor(token: string, signingKey: string, now: Date): Visitor | undefined {
  const parts = token.split('.');
  const [version, customerId, messageId, expires, signed] = parts;
  if (parts.length !== 5 || version !== VERSION) return undefined;
  if (!customerId || !messageId || !expires || !signed) return undefined;
  const expected = Buffer.from(signature(parts.slice(0, 4).join('.'), signingKey));
  const given = Buffer.from(signed);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
  return Number.parseInt(expires, 36) * 1000 < now.getTime()
    ? undefined
    : { customerId, messageId };
}

function signature(payload: string, signingKey: string): string {
  const key = createHmac('sha256', signingKey).update('visitor').digest();
  return createHmac('sha256', key).update(payload).digest('base64url');
}
