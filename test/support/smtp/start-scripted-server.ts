import { createServer, type Socket } from 'node:net';
import { listeningPort } from './listening-port';

/** A reply without its line end; `drop` closes the connection, `stall` sends no further reply. */
type Reply = string;

export interface Script {
  readonly greeting?: Reply;
  readonly EHLO?: Reply;
  readonly MAIL?: Reply;
  readonly RCPT?: Reply;
  readonly DATA?: Reply;
  /** After the first bytes of the mail, before its end. */
  readonly body?: Reply;
  /** After the final dot. */
  readonly dot?: Reply;
  readonly RSET?: Reply;
}

const POLITE: Required<Omit<Script, 'body'>> = {
  greeting: '220 scripted',
  EHLO: '250 scripted',
  MAIL: '250 ok',
  RCPT: '250 ok',
  DATA: '354 go',
  dot: '250 taken',
  RSET: '250 ok',
};

/** A scripted SMTP server, for faults that a real one cannot produce. */
export async function startScriptedServer(script: Script) {
  const sockets = new Set<Socket>();
  let connections = 0;
  const replies = new Map(Object.entries({ ...POLITE, ...script }));
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket.on('error', () => undefined));
    const answer = (reply: Reply) => {
      if (reply === 'drop') socket.destroy();
      else if (reply !== 'stall') socket.write(`${reply}\r\n`);
    };
    let inBody = false;
    let rest = '';
    socket.on('data', (chunk) => {
      rest += chunk.toString('latin1');
      if (inBody && script.body !== undefined) {
        if (script.body === 'stall') socket.pause(); // reads no further, so the mail gets stuck
        return answer(script.body);
      }
      for (;;) {
        const end = inBody ? rest.indexOf('\r\n.\r\n') : rest.indexOf('\r\n');
        if (end < 0) return;
        const line = rest.slice(0, end);
        rest = rest.slice(end + (inBody ? 5 : 2));
        if (inBody) {
          inBody = false;
          answer(replies.get('dot') ?? POLITE.dot);
          continue;
        }
        const verb = line.slice(0, 4).toUpperCase();
        if (verb === 'QUIT') {
          socket.end('221 bye\r\n');
          return;
        }
        const reply = replies.get(verb) ?? '502 unknown';
        answer(reply);
        inBody = verb === 'DATA' && reply.startsWith('354');
      }
    });
    answer(replies.get('greeting') ?? POLITE.greeting);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${listeningPort(server)}`,
    get connections() {
      return connections;
    },
    stop: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
