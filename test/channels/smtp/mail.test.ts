import { composeMail } from '../../../src/channels/email/compose-mail';
import { parseEmailAddress } from '../../../src/channels/email/email-address';
import { parseSender } from '../../../src/channels/email/sender';
import { PermanentSendError } from '../../../src/channels/errors';
import type { ContentOf, OutgoingMessage } from '../../../src/channels/channel';
import { createSmtpClient } from '../../../src/channels/smtp/smtp-provider';
import { startSmtpServer, type TestSmtpServer } from '../../support/smtp';
import { DECIDED_AT, exampleMail } from '../../contracts/example-message';

const never = new AbortController().signal;

describe('a received mail', () => {
  let server: TestSmtpServer;
  beforeEach(async () => void (server = await startSmtpServer()));
  afterEach(() => server.stop());

  async function send(change: Partial<OutgoingMessage<ContentOf<'email'>>> = {}) {
    const from = '"Marlow & Finch" <hello@shop.example>';
    const provider = createSmtpClient({ url: server.url, from });
    await provider.deliver(exampleMail(change), never).finally(() => provider.close());
    return server.mails.at(-1)!;
  }

  it('has its text, its HTML, its subject and both addresses', async () => {
    const mail = await send();
    expect(mail.rcpt).toEqual(['ada@customer.example']);
    expect(mail.from).toBe('hello@shop.example');
    expect(mail.headers.get('from')).toBe('"Marlow & Finch" <hello@shop.example>');
    expect(mail.headers.get('to')).toBe('ada@customer.example');
    expect(mail.subject).toBe('Your cart is waiting – 10 % €');
    expect(mail.text.trim()).toBe('Hello Ada\n.\n.leading dots');
    expect(mail.html.trim()).toBe('<p>Hello <b>Ada</b></p>');
    expect(mail.headers.get('content-type')).toMatch(/^multipart\/alternative/);
  });

  it('has the message’s id, the time of the decision, and the header Auto-Submitted', async () => {
    const { headers, messageId } = await send();
    const { id } = exampleMail();
    expect(messageId).toBe(`<${id}@shop.example>`);
    expect(headers.get('x-throughline-message')).toBe(id);
    expect(new Date(headers.get('date')!)).toEqual(DECIDED_AT);
    expect(headers.get('auto-submitted')).toBe('auto-generated');
    expect(headers.has('x-throughline-repeat')).toBe(false);
    expect(headers.has('list-unsubscribe')).toBe(false);
  });

  it('is byte-identical on each attempt, except for the repeat header', async () => {
    const first = await send();
    const second = await send();
    const repeat = await send({ repeat: true });
    expect(second.raw).toBe(first.raw);
    expect(repeat.headers.get('x-throughline-repeat')).toBe('1');
    expect(repeat.messageId).toBe(first.messageId);
    expect(repeat.raw.replace('X-Throughline-Repeat: 1\r\n', '')).toBe(first.raw);
  });

  it('has one-click unsubscribe headers, and does not fold a long link', async () => {
    const unsubscribeUrl = `https://t.example/unsubscribe/${'abc123'.repeat(60)}?a=1&b=2`;
    const mail = await send({ unsubscribeUrl });
    expect(mail.raw).toContain(`List-Unsubscribe: <${unsubscribeUrl}>\r\n`);
    expect(mail.raw).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n');
  });

  it('does not allow header injection by a subject, a link or a name', async () => {
    const content = {
      channel: 'email',
      subject: 'Hi\r\nBcc: all@shop.example\r\n\r\nbody',
      html: '<p>x</p>',
      text: 'x',
    } as const;
    const unsubscribeUrl = 'https://t.example/u\r\nBcc: <all@shop.example>';
    const mail = await send({ content, unsubscribeUrl });
    expect(mail.headers.has('bcc')).toBe(false);
    expect(mail.raw).not.toMatch(/^bcc/im);
    expect(mail.subject).toBe('Hi Bcc: all@shop.example body');
    expect(mail.rcpt).toHaveLength(1);
  });

  it('is sent to the ASCII form of a domain with umlauts', async () => {
    const mail = await send({ address: 'ada@bücher.example' });
    expect(mail.raw).toContain('To: ada@xn--bcher-kva.example\r\n');
  });

  it.each([
    'not an address',
    'a@b@',
    'a@b.example, c@d.example',
    'a@b.example\r\nRCPT TO:<c@d.example>',
    '<a@b.example>',
    'Ada <a@b.example>',
    'a b@c.example',
    '@c.example',
    'a@',
    'a@-c.example',
    'a..b@c.example',
    `${'a'.repeat(65)}@c.example`,
    '',
  ])('never goes to %p', async (address) => {
    await expect(send({ address })).rejects.toThrow(PermanentSendError);
    expect(server.connections).toBe(0);
  });
});

describe('an e-mail address', () => {
  it.each([
    'a@b.example',
    "o'neil+tag@sub.shop.example",
    'a@localhost',
    'ada.lovelace_1@x-y.example',
  ])('%s is one', (address) => {
    expect(parseEmailAddress(address)?.address).toBe(address);
  });
});

describe('the sender', () => {
  it.each(['', 'Shop', 'a@b.example, c@d.example', 'Shop <no address>'])(
    '%p is refused when the provider is made',
    (from) => {
      expect(() => parseSender(from)).toThrow(/expected one address such as/);
    },
  );

  it('sets the domain of each Message-ID', async () => {
    const mail = await composeMail(exampleMail(), parseSender('Shop <a@Mail.Shop.Example>'));
    expect(mail.messageId).toBe(`<${exampleMail().id}@mail.shop.example>`);
  });
});
