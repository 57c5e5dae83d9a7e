import type { SMTPConnectionAuth, SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';

export interface SmtpServerAddress {
  /** Host and port, for sentences; never the password. */
  readonly label: string;
  readonly options: SMTPConnectionOptions;
  readonly auth: SMTPConnectionAuth | undefined;
}

/**
 * Reads `smtp://user:password@host:587` (STARTTLS where the server offers it) or `smtps://...`
 * (TLS from the start). Query parameters: `requireTLS=true` refuses a server without STARTTLS,
 * `ignoreTLS=true` never upgrades, `tls.rejectUnauthorized=false` takes any certificate,
 * `name=mail.shop.example` is what EHLO says.
 *
 * @throws {Error} a text that is no such URL; the password is never part of the sentence
 */
export function parseSmtpUrl(text: string): SmtpServerAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '') {
    throw new Error(
      'SMTP_URL is not a mail server; expected smtp://user:password@host:587 or smtps://user:password@host:465. Percent-encode special characters in the password.',
    );
  }
  const secure = url.protocol === 'smtps:';
  const port = Number(url.port) || (secure ? 465 : 587);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const name = url.searchParams.get('name');
  return {
    label: `${host}:${port}`,
    options: {
      host,
      port,
      secure,
      requireTLS: url.searchParams.get('requireTLS') === 'true',
      ignoreTLS: url.searchParams.get('ignoreTLS') === 'true',
      tls: { rejectUnauthorized: url.searchParams.get('tls.rejectUnauthorized') !== 'false' },
      ...(name ? { name } : {}),
    },
    auth:
      url.username === '' ? undefined : { user: decode(url.username), pass: decode(url.password) },
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a bare % that nobody encoded
  }
}
