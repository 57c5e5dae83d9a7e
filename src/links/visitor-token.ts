import { createHmac, timingSafeEqual } from 'node:crypto';

/** The parameter under which a link to one's own website carries the token. */
export const VISITOR_PARAMETER = 'tl';

/** How long a click in a message recognises its visitor. */
const LIFETIME_MS = 30 * 24 * 3600 * 1000;

const VERSION = '1';

/** Whom a token stands for: the customer to whom a message was sent. */
export interface Visitor {
  readonly customerId: string;
  readonly messageId: string;
}

/**
 * Signs whom a message was sent to, short enough for each of its links: version, customer, message
 * and the second at which it expires, with HMAC-SHA256 (RFC 2104) over them. The key is one of its
 * own, derived from the signing key, so that no token of another use is taken for one of these.
 */
export function signVisitor(visitor: Visitor, sentAt: Date, signingKey: string): string {
  const expires = Math.floor((sentAt.getTime() + LIFETIME_MS) / 1000).toString(36);
  const payload = [VERSION, visitor.customerId, visitor.messageId, expires].join('.');
  return `${payload}.${signature(payload, signingKey)}`;
}

/** @returns whom a token stands for; undefined for one that is forged, expired or no token at all */
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
