import { domainToASCII } from 'node:url';

export interface EmailAddress {
  /** In the form for the SMTP envelope: the domain in ASCII, the local part unchanged. */
  readonly address: string;
  readonly domain: string;
}

// Quoted local parts and address literals are legal, but in practice only attacks use them.
const LOCAL_PART = /^[^\s"(),:;<>@[\\\]\p{Cc}]+$/u;
const DOMAIN =
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** @returns the address, or undefined if the text is not exactly one plain e-mail address */
export function parseEmailAddress(text: string): EmailAddress | undefined {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  const domain = domainToASCII(text.slice(at + 1));
  if (at < 1 || local.length > 64 || text.length > 254) return undefined;
  if (!LOCAL_PART.test(local) || local.startsWith('.') || local.endsWith('.')) return undefined;
  if (local.includes('..') || !DOMAIN.test(domain)) return undefined;
  return { address: `${local}@${domain}`, domain };
}
