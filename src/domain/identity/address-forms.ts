import { parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** RFC 5321 allows 254 characters. */
const MAX_EMAIL = 254;

/** The form in which e-mail addresses are compared; undefined for what is none. */
export function comparableEmail(text: string): string | undefined {
  const address = text.trim().toLowerCase();
  if (address.length > MAX_EMAIL) return undefined;
  return /^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;".]+$/.test(address) ? address : undefined;
}

/**
 * The form in which phone numbers are compared: E.164. Undefined for a number that does not say its
 * country, since the same digits are somebody else's elsewhere, and for what cannot be a number.
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
