import { z } from 'zod';
import { builtInProviders } from '../../src/channels/built-in-providers';
import { defineProvider } from '../../src/channels/define-provider';
import { openChains } from '../../src/channels/open-chains';
import { exampleMail } from '../contracts/example-message';

const MAIL_FROM = 'Shop <a@shop.example>';
const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32).toString('base64')}`;
const builtIn = (mailboxDirectory?: string) =>
  builtInProviders({ writeInbox: () => Promise.resolve(), mailboxDirectory });

const mailer = (name: string, settings = z.object({}) as z.ZodObject) =>
  defineProvider({
    name,
    channel: 'email',
    settings,
    idempotent: false,
    limits: { contentBytes: 300 },
    costOf: ({ content }) => (content === undefined ? 1 : content.text.length),
    create: () => ({
      deliver: () => Promise.resolve({ providerMessageId: 'theirs', response: 'ok' }),
    }),
  });

const named = (chains: ReturnType<typeof openChains>) =>
  Object.fromEntries(
    [...chains].map(([channel, chain]) => [channel, chain.map((each) => each.name)]),
  );

describe('openChains', () => {
  it('opens a provider with its cost for each configured channel', () => {
    const chains = openChains({
      definitions: builtIn(),
      variables: {
        SMTP_URL: 'smtp://localhost:2525',
        MAIL_FROM,
        EMAIL_RATE: '2.5',
        WEBHOOK_URL: 'https://hooks.example',
        WEBHOOK_SECRET,
      },
      costs: { email: 0.001 },
    });
    expect(named(chains)).toEqual({ email: ['smtp'], inapp: ['inbox'], webhook: ['webhook'] });
    const [smtp] = chains.get('email')!;
    expect([smtp.costOf({ address: null }), smtp.rate, smtp.idempotent]).toEqual([
      0.001,
      2.5,
      false,
    ]);
    expect(chains.get('webhook')?.[0].address).toBe('https://hooks.example');
  });

  it('writes mail to files only if no other mail provider is configured', () => {
    const variables = { MAIL_FROM };
    expect(named(openChains({ definitions: builtIn('/tmp/mailbox'), variables }))).toEqual({
      email: ['local-mailbox'],
      inapp: ['inbox'],
    });
    const own = [mailer('own'), ...builtIn('/tmp/mailbox')];
    expect(named(openChains({ definitions: own, variables })).email).toEqual(['own']);
  });

  it('puts the providers of the application first, in their order, and the built-in ones last', () => {
    const definitions = [mailer('second-hand'), mailer('first-class'), ...builtIn()];
    const variables = { SMTP_URL: 'smtp://localhost:2525', MAIL_FROM };
    expect(named(openChains({ definitions, variables })).email).toEqual([
      'second-hand',
      'first-class',
      'smtp',
    ]);
  });

  it('skips a provider until every required variable is present', () => {
    const definitions = [mailer('own', z.object({ OWN_URL: z.url(), OWN_TOKEN: z.string() }))];
    const open = (variables: Record<string, string>) =>
      named(openChains({ definitions, variables }));
    expect(open({ OWN_URL: 'https://own.example', OWN_TOKEN: '' })).toEqual({});
    expect(open({ OWN_URL: 'https://own.example', OWN_TOKEN: 't' })).toEqual({ email: ['own'] });
  });

  it.each([
    ['nowhere for mail to go', builtIn(), { MAIL_FROM }, /Set SMTP_URL, or give a folder/],
    ['a server that is none', builtIn(), { MAIL_FROM, SMTP_URL: 'localhost' }, /SMTP_URL is not/],
    ['a sender that is none', builtIn('/tmp'), { MAIL_FROM: '?' }, /sender/],
    [
      'an invalid setting, without its value',
      [mailer('own', z.object({ OWN_URL: z.url() }))],
      { OWN_URL: 'secret' },
      /^The provider 'own' cannot use its settings \(OWN_URL: Invalid URL\)/,
    ],
    ['two providers of one name', [mailer('own'), mailer('own')], {}, /two providers called 'own'/],
    ['a name that is not valid in a URL', [mailer('Own Mail')], {}, /lower-case letters/],
    [
      'a channel that does not exist',
      [{ ...mailer('own'), channel: 'owl' as 'email' }],
      {},
      /channel 'owl', which does not exist/,
    ],
  ])('say what is wrong: %s', (_, definitions, variables, message) => {
    expect(() => openChains({ definitions, variables })).toThrow(message);
  });
});

describe('a provider', () => {
  const provider = mailer('own').open({});
  const { signal } = new AbortController();

  it('computes the cost of a message before and after rendering', () => {
    expect(provider.costOf({ address: 'a@b.example' })).toBe(1);
    expect(provider.costOf({ address: 'a@b.example', content: exampleMail().content })).toBe(26);
  });

  it('rejects content over its limit without a request', async () => {
    const content = { ...exampleMail().content, html: 'x'.repeat(400) };
    await expect(provider.deliver(exampleMail({ content }), signal)).rejects.toThrow(
      /at most 300. Shorten its template/,
    );
    await expect(provider.deliver(exampleMail(), signal)).resolves.toMatchObject({
      providerMessageId: 'theirs',
    });
  });
});
