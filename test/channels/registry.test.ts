import { createProviders } from '../../src/channels/registry';

const deps = { writeInbox: () => Promise.resolve() };
const mailFrom = 'Shop <a@shop.example>';

describe('the registry', () => {
  it('has a provider for each channel that is set up, at its cost', () => {
    const providers = createProviders(
      {
        smtpUrl: 'smtp://localhost:2525',
        mailFrom,
        webhook: { secret: `whsec_${Buffer.alloc(32).toString('base64')}` },
        costs: { email: 0.001 },
      },
      deps,
    );
    expect(
      [...providers].map(([channel, { name, costPerMessage }]) => [channel, name, costPerMessage]),
    ).toEqual([
      ['email', 'smtp', 0.001],
      ['inapp', 'inbox', 0],
      ['webhook', 'webhook', 0],
    ]);
  });

  it('writes mail to the outbox where there is no mail server', () => {
    const providers = createProviders({ mailFrom, mailboxDirectory: '/tmp/mailbox' }, deps);
    expect(providers.get('email')?.name).toBe('local-mailbox');
    expect(providers.has('webhook')).toBe(false);
  });

  it('says what is missing or wrong', () => {
    expect(() => createProviders({ mailFrom }, deps)).toThrow(/Set SMTP_URL, or give a folder/);
    expect(() => createProviders({ mailFrom, smtpUrl: 'localhost' }, deps)).toThrow(
      /SMTP_URL is not/,
    );
    expect(() => createProviders({ mailFrom: '?', mailboxDirectory: '/tmp' }, deps)).toThrow(
      /sender/,
    );
  });
});
