import { isDeadMailbox } from '../../../src/channels/smtp/dead-mailbox';
import { parseSmtpUrl } from '../../../src/channels/smtp/smtp-url';

describe('the detection of dead mailboxes', () => {
  // As real servers word them.
  it.each([
    [550, '550 5.1.1 The email account that you tried to reach does not exist.', 'dead'],
    [550, '550 5.2.1 The email account that you tried to reach is disabled.', 'dead'],
    [
      550,
      '550-5.2.1 The user you are trying to contact is receiving mail at a rate that prevents',
      'busy',
    ],
    [
      550,
      '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup',
      'dead',
    ],
    [556, '556 5.1.10 Recipient address has null MX', 'dead'],
    [550, '550 No such user here', 'dead'],
    [550, '550 Unknown recipient', 'dead'],
    [550, "550 Recipient address doesn't exist", 'dead'],
    [554, '554 delivery error: dd This user does not have a yahoo account', 'no'],
    [550, '550 Requested action not taken: mailbox unavailable', 'no'],
    [550, '550 5.7.1 Unknown user blocked by policy', 'no'],
    [550, '550 5.1.2 Host unknown', 'no'],
    [550, '550 relay access denied, unknown user', 'no'],
    [550, '550 Sender address does not exist', 'no'],
    [552, '552 5.2.2 mailbox full', 'no'],
    [521, '521 no such user', 'no'],
  ])('%i %s: %s', (code, reply, verdict) => {
    expect(isDeadMailbox(code, reply)).toBe(verdict);
  });
});

describe('SMTP_URL', () => {
  it('is parsed into host, port, credentials and TLS', () => {
    const server = parseSmtpUrl(
      'smtps://shop:p%40ss@mail.shop.example?tls.rejectUnauthorized=false',
    );
    expect(server.label).toBe('mail.shop.example:465');
    expect(server.auth).toEqual({ user: 'shop', pass: 'p@ss' });
    expect(server.options).toMatchObject({
      host: 'mail.shop.example',
      port: 465,
      secure: true,
      tls: { rejectUnauthorized: false },
    });
    expect(parseSmtpUrl('smtp://[::1]:2525').options).toMatchObject({ host: '::1', port: 2525 });
    expect(parseSmtpUrl('smtp://localhost').label).toBe('localhost:587');
  });

  it.each(['mail.shop.example', 'http://mail:25', 'smtp://', ''])(
    'such as %p is refused in a sentence',
    (text) => {
      expect(() => parseSmtpUrl(text)).toThrow(/^SMTP_URL is not a mail server; expected smtp:/);
    },
  );

  it('does not show its password in errors', () => {
    expect(() => parseSmtpUrl('http://shop:secret@mail:25')).toThrow(/^(?!.*secret)/);
  });
});
