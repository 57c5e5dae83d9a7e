import addressparser from 'nodemailer/lib/addressparser';
import { parseEmailAddress, type EmailAddress } from './email-address';

/** The sender of the shop's mails. */
export interface Sender extends EmailAddress {
  readonly name: string;
}

/**
 * @param from such as `Marlow & Finch <hello@shop.example>` or a bare address
 * @throws {Error} if the text does not contain exactly one address
 */
export function parseSender(from: string): Sender {
  const [first, ...others] = addressparser(from, { flatten: true });
  const parsed = first && others.length === 0 ? parseEmailAddress(first.address) : undefined;
  if (!first || !parsed) {
    throw new Error(
      `Found the mail sender ${JSON.stringify(from)}; expected one address such as ` +
        `"My Shop <hello@shop.example>". Set the sender to an address of your own.`,
    );
  }
  return { ...parsed, name: first.name.replace(/\p{Cc}+/gu, ' ').trim() };
}
