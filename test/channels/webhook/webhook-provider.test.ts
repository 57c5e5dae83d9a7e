import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { Webhook } from 'standardwebhooks';
import {
  PermanentSendError,
  SuppressedError,
  TransientSendError,
  UnknownOutcomeError,
} from '../../../src/channels/errors';
import { isPrivateAddress } from '../../../src/channels/webhook/private-address';
import {
  createWebhookClient,
  type WebhookSettings,
} from '../../../src/channels/webhook/webhook-provider';
import { listeningPort } from '../../support/smtp';
import { exampleMessage } from '../../contracts/example-message';

const never = new AbortController().signal;
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const content = { channel: 'webhook', type: 'order.confirmed', data: { order: 'Ä-1' } } as const;

interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
}

describe('a webhook', () => {
  const received: Received[] = [];
  let answer: (response: ServerResponse, request: IncomingMessage) => void;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      received.push({
        headers: Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        ),
        body,
      });
      answer(response, request);
    });
  });
  let origin = '';

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${listeningPort(server)}`;
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  beforeEach(() => {
    received.length = 0;
    answer = (response) => void response.writeHead(200).end('thanks');
  });

  const post = (settings: Partial<WebhookSettings> = {}, address = `${origin}/hook`) =>
    createWebhookClient({
      secret,
      timeoutMs: 2_000,
      allowPrivateAddresses: true,
      ...settings,
    }).deliver(exampleMessage(content, { address }), never);

  const status =
    (code: number, headers: Record<string, string> = {}) =>
    (response: ServerResponse) =>
      void response.writeHead(code, headers).end();

  it('is signed so that the receiver’s Standard Webhooks library accepts it', async () => {
    const receipt = await post();
    expect(receipt.response).toBe('200 thanks');
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    expect(new Webhook(secret).verify(body, headers)).toEqual({
      type: 'order.confirmed',
      timestamp: '2025-03-04T10:00:00.000Z',
      data: { order: 'Ä-1' },
    });
  });

  it('has the same id on each attempt, and the time of that attempt', async () => {
    await post({ clock: { now: () => new Date('2025-03-04T10:00:05Z') } });
    await post({ clock: { now: () => new Date('2025-03-04T11:00:00Z') } });
    const ids = received.map(({ headers }) => headers['webhook-id']);
    expect(ids).toEqual([exampleMessage(content).id, exampleMessage(content).id]);
    expect(received.map(({ headers }) => headers['webhook-timestamp'])).toEqual([
      '1741082405',
      '1741086000',
    ]);
  });

  it.each([
    [408, TransientSendError],
    [425, TransientSendError],
    [429, TransientSendError],
    [500, TransientSendError],
    [503, TransientSendError],
    [400, PermanentSendError],
    [401, PermanentSendError],
    [404, PermanentSendError],
    [410, SuppressedError],
  ])('answered with %i', async (code, kind) => {
    answer = status(code);
    await expect(post()).rejects.toThrow(kind);
    await expect(post()).rejects.toMatchObject({ providerCode: String(code) });
  });

  it('honours Retry-After, in seconds or as a date on the receiver’s clock', async () => {
    answer = status(429, { 'retry-after': '120' });
    await expect(post()).rejects.toMatchObject({ retryAfterMs: 120_000 });
    answer = status(503, {
      date: 'Tue, 04 Mar 2025 10:00:00 GMT',
      'retry-after': 'Tue, 04 Mar 2025 10:01:00 GMT',
    });
    await expect(post()).rejects.toMatchObject({ retryAfterMs: 60_000 });
    answer = status(503, { 'retry-after': 'soon' });
    await expect(post()).rejects.toMatchObject({ retryAfterMs: undefined });
    answer = status(503, { 'retry-after': '99999999' });
    await expect(post()).rejects.toMatchObject({ retryAfterMs: 24 * 3600 * 1000 });
  });

  it('does not follow redirects', async () => {
    answer = status(307, { location: `${origin}/elsewhere` });
    await expect(post()).rejects.toThrow(/Redirects are not followed/);
    expect(received).toHaveLength(1);
  });

  it('that cannot be connected to is a transient failure', async () => {
    await expect(post({}, 'http://127.0.0.1:1/')).rejects.toThrow(TransientSendError);
    await expect(post({}, 'http://hook.invalid/')).rejects.toThrow(TransientSendError);
  });

  it('whose response is late or lost has an unknown outcome', async () => {
    answer = () => undefined;
    await expect(post()).rejects.toThrow(UnknownOutcomeError);
    answer = (response) => response.socket?.destroy();
    await expect(post()).rejects.toThrow(UnknownOutcomeError);
  });

  it('whose TLS handshake fails has certainly not been sent', async () => {
    await expect(post({}, origin.replace('http:', 'https:'))).rejects.toThrow(TransientSendError);
    const mute = createTcpServer();
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const port = listeningPort(mute);
    await expect(post({}, `https://127.0.0.1:${port}/`)).rejects.toThrow(TransientSendError);
    mute.close();
  });

  it('is accepted by its status, even if the response body never ends', async () => {
    answer = (response) => {
      response.writeHead(200);
      response.write('x');
      setTimeout(() => response.socket?.destroy(), 20);
    };
    await expect(post()).resolves.toMatchObject({ response: '200 x' });
    answer = (response) => void response.writeHead(200).end('y'.repeat(100_000));
    expect((await post()).response.length).toBeLessThanOrEqual(500);
  });

  it('never connects to a private network, by IP address or by name', async () => {
    const strict = { allowPrivateAddresses: false };
    const port = new URL(origin).port;
    for (const host of [
      '127.0.0.1',
      'localhost',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '2130706433',
      '0x7f.1',
    ]) {
      await expect(post(strict, `http://${host}:${port}/`)).rejects.toThrow(
        /address in a private network/,
      );
    }
    expect(received).toHaveLength(0);
  });

  it('requires an http(s) URL and a base64 secret', async () => {
    await expect(post({}, 'ftp://shop.example/')).rejects.toThrow(PermanentSendError);
    await expect(post({}, 'not a url')).rejects.toThrow(PermanentSendError);
    expect(() => createWebhookClient({ secret: 'whsec_%%%' })).toThrow(
      /expected whsec_ and at least 24 bytes in base64/,
    );
  });
});

describe('an address', () => {
  it.each([
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '::1',
    'fd00::1',
    'fe80::1',
    '::ffff:10.0.0.1',
    '0.0.0.0',
  ])('%s is private', (ip) => expect(isPrivateAddress(ip)).toBe(true));
  it.each(['8.8.8.8', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])('%s is public', (ip) =>
    expect(isPrivateAddress(ip)).toBe(false),
  );
});
