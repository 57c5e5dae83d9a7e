import {
  PermanentSendError,
  SuppressedError,
  TransientSendError,
  UnknownOutcomeError,
  type SendError,
} from '../../../src/channels/errors';
import { createSmtpClient } from '../../../src/channels/smtp/smtp-provider';
import { startScriptedServer, startSmtpServer, at, type Script } from '../../support/smtp';
import { exampleMail } from '../../contracts/example-message';

const from = 'hello@shop.example';
const quick = { connectMs: 500, greetingMs: 300, replyMs: 300 };
const never = new AbortController().signal;
const T = TransientSendError;
const P = PermanentSendError;
const U = UnknownOutcomeError;

type Kind = typeof T | typeof P | typeof U | typeof SuppressedError;

async function failure(sending: Promise<unknown>): Promise<SendError> {
  return sending.then(
    () => Promise.reject(new Error('expected a failure')),
    (error: SendError) => error,
  );
}

describe('the classification of an SMTP attempt by its phase', () => {
  const cases: readonly [string, Script, Kind][] = [
    ['no greeting', { greeting: 'stall' }, T],
    ['a connection dropped at once', { greeting: 'drop' }, T],
    ['a greeting of 421', { greeting: '421 too busy' }, T],
    [
      'a greeting of 554, which says nothing of the mail',
      { greeting: '554 no service for you' },
      T,
    ],
    ['silence after EHLO', { EHLO: 'stall' }, T],
    ['a connection dropped at MAIL', { MAIL: 'drop' }, T],
    ['MAIL refused with 451', { MAIL: '451 try later' }, T],
    ['MAIL refused with 553', { MAIL: '553 5.1.8 sender refused' }, P],
    ['MAIL refused with 530, which asks for a login', { MAIL: '530 5.7.0 log in first' }, T],
    ['silence after RCPT', { RCPT: 'stall' }, T],
    ['a connection dropped at RCPT', { RCPT: 'drop' }, T],
    ['RCPT refused with 450', { RCPT: '450 4.2.0 greylisted' }, T],
    ['RCPT refused with 421', { RCPT: '421 4.7.0 slow down' }, T],
    ['RCPT refused with 550 5.7.1', { RCPT: '550 5.7.1 relaying denied' }, P],
    ['RCPT refused with 550 5.1.1', { RCPT: '550 5.1.1 unknown' }, SuppressedError],
    ['RCPT refused with 503, a session out of step', { RCPT: '503 bad sequence' }, T],
    ['DATA refused with 451', { DATA: '451 4.3.0 later' }, T],
    ['DATA refused with 554', { DATA: '554 5.5.1 no valid recipients' }, P],
    ['a connection dropped instead of 354', { DATA: 'drop' }, T],
    ['silence instead of 354', { DATA: 'stall' }, T],
    ['a mail refused with 452', { dot: '452 4.3.1 disk full' }, T],
    ['a mail refused with 421', { dot: '421 4.3.2 shutting down' }, T],
    ['a mail refused with 552', { dot: '552 5.3.4 too big' }, P],
    ['a mail refused with 550 5.2.1', { dot: '550 5.2.1 mailbox disabled' }, SuppressedError],
    ['a connection dropped after the final dot', { dot: 'drop' }, U],
    ['silence after the final dot', { dot: 'stall' }, U],
    ['an answer to the mail that is no SMTP', { dot: 'hello there' }, U],
  ];

  it.each(cases)('%s', async (_, script, kind) => {
    const server = await startScriptedServer(script);
    const provider = createSmtpClient({
      url: server.url,
      from,
      timeouts: quick,
    });
    try {
      expect(await failure(provider.deliver(exampleMail(), never))).toBeInstanceOf(kind);
    } finally {
      await provider.close();
      await server.stop();
    }
  });

  // Far more than the sockets' buffers hold, so that the final dot is certainly still unwritten.
  const huge = exampleMail({
    content: { channel: 'email', subject: 's', html: '<p>x</p>', text: 'x'.repeat(16_000_000) },
  });

  it.each([
    ['a connection dropped', { body: 'drop' }, T],
    ['silence', { body: 'stall' }, T],
    ['a refusal', { body: '552 5.3.4 enough' }, P],
    ['an early 250, which cannot be about the mail', { body: '250 taken' }, T],
  ] satisfies [string, Script, Kind][])('%s in the midst of the mail', async (_, script, kind) => {
    const server = await startScriptedServer(script);
    const provider = createSmtpClient({
      url: server.url,
      from,
      timeouts: quick,
    });
    try {
      expect(await failure(provider.deliver(huge, never))).toBeInstanceOf(kind);
    } finally {
      await provider.close();
      await server.stop();
    }
  });

  it.each([
    ['nobody listens', 'smtp://127.0.0.1:1'],
    ['the host is not in DNS', 'smtp://mail.invalid:25'],
    ['TLS is spoken to a plain server', 'smtps'],
  ])('%s: transient, with SMTP_URL in the sentence', async (_, target) => {
    const server = await startSmtpServer();
    const url = target === 'smtps' ? server.url.replace('smtp:', 'smtps:') : target;
    const provider = createSmtpClient({ url, from, timeouts: quick });
    const error = await failure(provider.deliver(exampleMail(), never));
    expect(error).toBeInstanceOf(T);
    expect(error.message).toContain('SMTP_URL');
    await provider.close();
    await server.stop();
  });

  it('an abort has a known outcome before DATA and an unknown one after the final dot', async () => {
    for (const [script, kind] of [
      [{ RCPT: 'stall' }, T],
      [{ dot: 'stall' }, U],
    ] as const) {
      const server = await startScriptedServer(script);
      const provider = createSmtpClient({ url: server.url, from });
      const error = await failure(provider.deliver(exampleMail(), AbortSignal.timeout(150)));
      expect(error).toBeInstanceOf(kind);
      await provider.close();
      await server.stop();
    }
  });
});

describe('a login', () => {
  const credentials = { user: 'shop', password: 'p@ss:w/rd' };

  it('with the correct password sends the mail', async () => {
    const server = await startSmtpServer({ credentials });
    const provider = createSmtpClient({ url: server.url, from });
    await provider.deliver(exampleMail(), never);
    expect(server.mails).toHaveLength(1);
    await provider.close();
    await server.stop();
  });

  it('that is rejected is transient, and the error names SMTP_URL but not the password', async () => {
    const server = await startSmtpServer({ credentials });
    const url = server.url.replace('shop:', 'shop:wrong-');
    const provider = createSmtpClient({ url, from });
    const error = await failure(provider.deliver(exampleMail(), never));
    expect(error).toBeInstanceOf(T);
    expect(error.message).toMatch(/Check the user and password in SMTP_URL/);
    expect(error.message).not.toContain('wrong-');
    expect(server.mails).toHaveLength(0);
    await provider.close();
    await server.stop();
  });

  it('that the server temporarily cannot check is transient', async () => {
    const server = await startSmtpServer({
      credentials,
      behaviour: at('auth', { code: 454, text: '4.7.0 later' }),
    });
    const provider = createSmtpClient({ url: server.url, from });
    expect(await failure(provider.deliver(exampleMail(), never))).toBeInstanceOf(T);
    await provider.close();
    await server.stop();
  });
});
