import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inbox, type InboxItem } from '../../src/channels/inbox/inbox-provider';
import { localMailbox } from '../../src/channels/local-mailbox/local-mailbox-provider';
import { smtp } from '../../src/channels/smtp/smtp-provider';
import { webhook } from '../../src/channels/webhook/webhook-provider';
import { acceptAll, at, listeningPort, startSmtpServer, type SmtpBehaviour } from '../support/smtp';
import { describeChannelContract } from './channel-contract';
import { exampleMail, exampleMessage } from './example-message';

const FROM = 'Marlow & Finch <hello@shop.example>';

describeChannelContract('SMTP', {
  can: ['permanent', 'suppressed', 'unknown', 'hold'],
  async start() {
    let requests = 0;
    const counted =
      (behaviour: SmtpBehaviour): SmtpBehaviour =>
      (moment) => {
        if (moment.stage === 'mail') requests++;
        return behaviour(moment);
      };
    const server = await startSmtpServer({ behaviour: counted(acceptAll) });
    const set =
      (...behaviour: Parameters<typeof at>) =>
      () => {
        server.behaviour = counted(at(...behaviour));
      };
    const gone = '5.1.1 <ada@customer.example>: no such user';
    return {
      provider: smtp.open({ SMTP_URL: server.url, MAIL_FROM: FROM }),
      message: exampleMail(),
      provoke: {
        accept: () => void (server.behaviour = counted(acceptAll)),
        transient: set('rcpt', { code: 451, text: '4.7.1 <ada@customer.example> greylisted' }),
        permanent: set('message', { code: 554, text: '5.7.1 spam' }),
        suppressed: set('rcpt', { code: 550, text: gone }),
        unknown: set('message', 'drop'),
        hold() {
          const reached = deferred();
          const released = deferred();
          server.behaviour = (moment) => {
            if (moment.stage !== 'message') return 'accept';
            reached.resolve();
            return { after: released.promise };
          };
          return Promise.resolve({ reached: reached.promise, release: released.resolve });
        },
      },
      requests: () => requests,
      arrived: () => server.mails.map((mail) => mail.headers.get('x-throughline-message') ?? ''),
      stop: () => server.stop(),
    };
  },
});

describeChannelContract('the local mailbox', {
  can: [],
  async start() {
    const home = await mkdtemp(path.join(tmpdir(), 'outbox-'));
    const directory = path.join(home, 'mails');
    return {
      provider: localMailbox(directory).open({ MAIL_FROM: FROM }),
      message: exampleMail(),
      provoke: {
        // A file where the folder should be.
        transient: () => writeFile(directory, ''),
        accept: () => rm(directory, { force: true, recursive: false }).catch(() => undefined),
      },
      // One call is one file; there is nobody to ask twice.
      requests: () => 1,
      arrived: async () =>
        (await readdir(directory).catch(() => [])).map((name) => name.replace(/\.eml$/, '')),
      stop: () => rm(home, { recursive: true }),
    };
  },
});

describeChannelContract('the webhook', {
  can: ['permanent', 'suppressed', 'unknown', 'hold'],
  async start() {
    const arrived: string[] = [];
    let requests = 0;
    const ok = (response: ServerResponse) => void response.writeHead(204).end();
    const status = (code: number) => (response: ServerResponse) =>
      void response.writeHead(code).end('said so');
    const state: { behaviour: (response: ServerResponse, id: string) => void } = {
      behaviour: takeAnd(ok),
    };
    function takeAnd(answer: (response: ServerResponse) => void) {
      return (response: ServerResponse, id: string) => {
        arrived.push(id);
        answer(response);
      };
    }
    const server = createServer((request, response) => {
      requests++;
      request
        .resume()
        .on('end', () => state.behaviour(response, String(request.headers['webhook-id'])));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const port = listeningPort(server);
    return {
      provider: webhook.open({
        WEBHOOK_URL: 'http://unused.example',
        WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
        WEBHOOK_ALLOW_PRIVATE: 'true',
      }),
      message: exampleMessage(
        { channel: 'webhook', type: 'order.confirmed', data: { a: 1 } },
        { address: `http://127.0.0.1:${port}/hook?token=hidden` },
      ),
      provoke: {
        accept: () => void (state.behaviour = takeAnd(ok)),
        transient: () => void (state.behaviour = status(503)),
        permanent: () => void (state.behaviour = status(422)),
        suppressed: () => void (state.behaviour = status(410)),
        unknown: () => void (state.behaviour = takeAnd((response) => response.socket?.destroy())),
        hold() {
          const reached = deferred();
          const released = deferred();
          state.behaviour = (response, id) => {
            reached.resolve();
            void released.promise.then(() => takeAnd(ok)(response, id));
          };
          return Promise.resolve({ reached: reached.promise, release: released.resolve });
        },
      },
      requests: () => requests,
      arrived: () => arrived,
      stop: () =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    };
  },
});

describeChannelContract('the inbox', {
  can: ['hold'],
  start() {
    const items = new Map<string, InboxItem>();
    const keep = (item: InboxItem) => {
      items.set(item.id, item);
      return Promise.resolve();
    };
    const state = { write: keep, requests: 0 };
    return Promise.resolve({
      provider: inbox((item) => {
        state.requests++;
        return state.write(item);
      }).open({}),
      message: exampleMessage({ channel: 'inapp', title: 'Hi', body: 'There', url: '/x' }),
      provoke: {
        accept: () => void (state.write = keep),
        transient: () => void (state.write = () => Promise.reject(new Error('connection lost'))),
        hold() {
          const reached = deferred();
          const released = deferred();
          state.write = async (item) => {
            reached.resolve();
            await released.promise;
            await keep(item);
          };
          return Promise.resolve({ reached: reached.promise, release: released.resolve });
        },
      },
      requests: () => state.requests,
      arrived: () => [...items.keys()],
      stop: () => Promise.resolve(),
    });
  },
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((fulfil) => (resolve = fulfil));
  return { promise, resolve };
}
