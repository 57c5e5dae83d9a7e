import type { SMTPConnectionAuth, SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';

export interface SmtpServerAddress {
  /** Host and port, for error messages; never the password. */
  readonly label: string;
  readonly options: SMTPConnectionOptions;
  readonly auth: SMTPConnectionAuth | undefined;
}

/**
 * Parses `smtp://user:password@host:587` (STARTTLS if the server offers it) or `smtps://...`
 * (TLS from the start). Query parameters: `requireTLS=true` rejects a server without STARTTLS,
 * `ignoreTLS=true` never upgrades, `tls.rejectUnauthorized=false` accepts any certificate,
 * `name=mail.shop.example` sets the EHLO name.
 *
 * @throws {Error} if the URL is invalid; the message never contains the password
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
    return part; // a % that is not percent-encoded
  }
}
