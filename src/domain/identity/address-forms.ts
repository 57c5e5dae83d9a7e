import { parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** RFC 5321 allows 254 characters. */
const MAX_EMAIL = 254;

/** Normalizes an e-mail address for comparison; undefined if it is not an address. */
export function comparableEmail(text: string): string | undefined {
  const address = text.trim().toLowerCase();
  if (address.length > MAX_EMAIL) return undefined;
  return /^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;".]+$/.test(address) ? address : undefined;
}

/**
 * Normalizes a phone number to E.164. Undefined if it is not a phone number, and if it has no
 * country code, since the same digits belong to somebody else in another country.
 *
 * @example
 * const address = normalizePhone('+49 (0)170 1234567');
 */
export function comparablePhone(text: string): string | undefined {
  const digits = text
    .trim()
    .replace(/^(?:whatsapp|tel|sms):/i, '')
    .trim()
    .replace(/^00/, '+');
  if (!digits.startsWith('+') || digits.length > 40) return undefined;
  const number = parsePhoneNumberFromString(digits);
  return number?.isPossible() === true ? number.number : undefined;
}
