import { TransientSendError } from '../../../src/channels/errors';
import { createSmtpClient } from '../../../src/channels/smtp/smtp-provider';
import { acceptAll, at, startSmtpServer, type TestSmtpServer } from '../../support/smtp';
import { exampleMail } from '../../contracts/example-message';

const never = () => new AbortController().signal;
const mail = (n: number) => exampleMail({ id: `message-${n}` });

describe('connections to the mail server', () => {
  let server: TestSmtpServer;
  beforeEach(async () => void (server = await startSmtpServer()));
  afterEach(() => server.stop());
  const connect = (pool: object = {}) =>
    createSmtpClient({ url: server.url, from: 'a@shop.example', pool });

  it('are reused', async () => {
    const provider = connect();
    for (let n = 0; n < 20; n += 1) await provider.deliver(mail(n), never());
    expect(server.connections).toBe(1);
    expect(server.mails).toHaveLength(20);
    await provider.close();
  });

  it('are reused after a rejected recipient, without an effect on other mails', async () => {
    const provider = connect();
    server.behaviour = at('rcpt', { code: 550, text: '5.7.1 no' }, 1);
    await expect(provider.deliver(mail(1), never())).rejects.toThrow('5.7.1');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await provider.deliver(mail(2), never());
    expect(server.connections).toBe(1);
    expect(server.mails.map((each) => each.messageId)).toEqual(['<message-2@shop.example>']);
    await provider.close();
  });

  it('do not exceed the maximum, and each mail arrives once', async () => {
    const provider = connect({ maxConnections: 3 });
    let open = 0;
    let most = 0;
    server.behaviour = ({ stage }) => {
      if (stage === 'mail') most = Math.max(most, (open += 1));
      if (stage === 'message') open -= 1;
      return 'accept';
    };
    await Promise.all(Array.from({ length: 60 }, (_, n) => provider.deliver(mail(n), never())));
    expect(most).toBeLessThanOrEqual(3);
    expect(server.connections).toBe(3);
    expect(new Set(server.mails.map((each) => each.messageId)).size).toBe(60);
    await provider.close();
  });

  it('are replaced after the maximum number of mails', async () => {
    const provider = connect({ maxMessagesPerConnection: 5 });
    for (let n = 0; n < 11; n += 1) await provider.deliver(mail(n), never());
    expect(server.connections).toBe(3);
    await provider.close();
  });

  it('that broke while idle are replaced without an error', async () => {
    const provider = connect();
    await provider.deliver(mail(1), never());
    server.cutConnections();
    await provider.deliver(mail(2), never()); // perhaps before the news of the cut
    await new Promise((resolve) => setTimeout(resolve, 30));
    server.cutConnections();
    await new Promise((resolve) => setTimeout(resolve, 30));
    await provider.deliver(mail(3), never());
    expect(server.mails).toHaveLength(3);
    await provider.close();
  });

  it.each([
    ['drop', 'drop' as const],
    ['421', { code: 421, text: 'idle too long' }],
  ])(
    'that end with the next mail (%s) are replaced once, then the mail is transient',
    async (_, how) => {
      const provider = connect();
      await provider.deliver(mail(1), never());
      server.behaviour = at('mail', how, 1);
      await provider.deliver(mail(2), never());
      expect(server.connections).toBe(2);
      server.behaviour = at('mail', how);
      await expect(provider.deliver(mail(3), never())).rejects.toThrow(TransientSendError);
      expect(server.connections).toBe(3);
      expect(server.mails).toHaveLength(2);
      await provider.close();
    },
  );

  it('are not replaced for a mail that may have arrived', async () => {
    const provider = connect();
    await provider.deliver(mail(1), never());
    server.behaviour = at('message', 'drop', 1);
    await expect(provider.deliver(mail(2), never())).rejects.toThrow(/may or may not/);
    expect(server.mails).toHaveLength(2);
    await provider.close();
  });

  it('are closed by close, which waits for mails in flight and rejects further ones', async () => {
    const provider = connect({ maxConnections: 1 });
    let release = () => {};
    const after = new Promise<void>((resolve) => (release = resolve));
    server.behaviour = at('message', { after }, 1);
    const under = provider.deliver(mail(1), never());
    const queued = provider.deliver(mail(2), never());
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closing = provider.close();
    await expect(queued).rejects.toThrow(/shutting down/);
    await expect(provider.deliver(mail(3), never())).rejects.toThrow(TransientSendError);
    release();
    await under;
    await closing;
    server.behaviour = acceptAll;
    expect(server.mails).toHaveLength(1);
  });

  it('that are all busy release an aborted mail immediately and admit the next one', async () => {
    const provider = connect({ maxConnections: 1 });
    let release = () => {};
    const after = new Promise<void>((resolve) => (release = resolve));
    server.behaviour = at('message', { after }, 1);
    const first = provider.deliver(mail(1), never());
    const abort = new AbortController();
    const second = provider.deliver(mail(2), abort.signal);
    const third = provider.deliver(mail(3), never());
    abort.abort();
    await expect(second).rejects.toThrow(/no connection was free/);
    release();
    await Promise.all([first, third]);
    expect(server.mails.map((each) => each.messageId)).toEqual([
      '<message-1@shop.example>',
      '<message-3@shop.example>',
    ]);
    await provider.close();
  });
});
