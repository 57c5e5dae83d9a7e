import { createHmac, timingSafeEqual } from 'node:crypto';
import type { LinkClaim } from './link-claim';
import { packClaim, unpackClaim } from './short-claim';

export type { LinkClaim };

/** How long the links in a message are valid. */
export const LINK_LIFETIME_MS = 90 * 24 * 3600 * 1000;

/**
 * Signs a claim for use in a URL: `payload.signature`, both base64url. The signature is HMAC-SHA256
 * (RFC 2104) over the encoded payload.
 */
export function signLink(claim: LinkClaim, key: string): string {
  const payload = (packClaim(claim) ?? Buffer.from(JSON.stringify(claim))).toString('base64url');
  return `${payload}.${signature(payload, key)}`;
}

/** @returns the claim, or why the token is rejected */
export function readLink(token: string, key: string, now: Date): LinkClaim | 'forged' | 'expired' {
  const [payload, signed, ...rest] = token.split('.');
  if (payload === undefined || signed === undefined || rest.length > 0) return 'forged';
  const expected = Buffer.from(signature(payload, key));
  const given = Buffer.from(signed);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return 'forged';
  const bytes = Buffer.from(payload, 'base64url');
  const claim = unpackClaim(bytes) ?? (JSON.parse(bytes.toString()) as LinkClaim);
  return claim.expiresAt < now.getTime() ? 'expired' : claim;
}

function signature(payload: string, key: string): string {
  return createHmac('sha256', key).update(payload).digest('base64url');
}
