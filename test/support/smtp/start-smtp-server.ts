import { Socket } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';
import { listeningPort } from './listening-port';
import { acceptAll, type SmtpAction, type SmtpBehaviour, type SmtpMoment } from './smtp-behaviour';

/** A mail that the server received completely. */
interface ReceivedMail {
  /** With angle brackets. */
  readonly messageId: string;
  readonly from: string;
  /** The recipients of the envelope. */
  readonly rcpt: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly raw: string;
}

export interface TestSmtpServer {
  /** For SMTP_URL; includes the credentials if the server requires any. */
  readonly url: string;
  /** In order of arrival, including repeats. */
  readonly mails: readonly ReceivedMail[];
  /** Can be changed at any time, also during a session. */
  behaviour: SmtpBehaviour;
  /** Number of connections since the start. */
  readonly connections: number;
  /** Closes every open connection. */
  cutConnections(): void;
  stop(): Promise<void>;
}

export interface TestSmtpOptions {
  readonly behaviour?: SmtpBehaviour;
  /** Default 0, a free port; set it to restart a server at the same address. */
  readonly port?: number;
  readonly credentials?: { readonly user: string; readonly password: string };
  readonly pipelining?: boolean;
}

/** A real SMTP server that records mails and fails on demand. */
export async function startSmtpServer(options: TestSmtpOptions = {}): Promise<TestSmtpServer> {
  const { credentials } = options;
  const mails: ReceivedMail[] = [];
  const state = { behaviour: options.behaviour ?? acceptAll, connections: 0 };

  type Done = (error?: Error | null, message?: string) => void;
  const act = (moment: SmtpMoment, session: SMTPServerSession, done: Done) =>
    perform(state.behaviour(moment), () => cut(server, session), done);
  const nowhere = { recipient: undefined, messageId: undefined };

  const handlers: SMTPServerOptions = {
    onConnect(session, done) {
      state.connections += 1;
      act({ ...nowhere, stage: 'greeting' }, session, done);
    },
    onAuth(auth, session, done) {
      const known = auth.username === credentials?.user && auth.password === credentials?.password;
      act({ ...nowhere, stage: 'auth' }, session, (error) =>
        error
          ? done(error)
          : known
            ? done(null, { user: auth.username })
            : done(reply(535, '5.7.8 Bad credentials')),
      );
    },
    onMailFrom(_, session, done) {
      act({ ...nowhere, stage: 'mail' }, session, done);
    },
    onRcptTo({ address }, session, done) {
      act({ ...nowhere, stage: 'rcpt', recipient: address }, session, done);
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        void parse(Buffer.concat(chunks), session).then((mail) => {
          const moment = {
            stage: 'message',
            recipient: mail.rcpt[0],
            messageId: mail.messageId,
          } as const;
          const action = state.behaviour(moment);
          if (!isRefusal(action)) mails.push(mail);
          perform(action, () => cut(server, session), done);
        });
      });
    },
  };
  const server = new SMTPServer({
    authOptional: credentials === undefined,
    disabledCommands: credentials ? ['STARTTLS'] : ['STARTTLS', 'AUTH'],
    hidePIPELINING: options.pipelining === false,
    disableReverseLookup: true,
    allowInsecureAuth: true,
    closeTimeout: 100,
    logger: false,
    ...handlers,
  });
  // Ignores connections that the client closed.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const port = listeningPort(server.server);
  const login = credentials
    ? `${encodeURIComponent(credentials.user)}:${encodeURIComponent(credentials.password)}@`
    : '';

  return {
    url: `smtp://${login}127.0.0.1:${port}`,
    mails,
    get behaviour() {
      return state.behaviour;
    },
    set behaviour(behaviour) {
      state.behaviour = behaviour;
    },
    get connections() {
      return state.connections;
    },
    cutConnections: () => cut(server),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function perform(action: SmtpAction, drop: () => void, done: (error?: Error | null) => void): void {
  if (action === 'accept') return done();
  if (action === 'drop') return drop();
  if (action === 'stall') return;
  if (isRefusal(action)) return done(reply(action.code, action.text));
  void action.after.then(() => done());
}

function isRefusal(action: SmtpAction): action is Extract<SmtpAction, { code: number }> {
  return typeof action === 'object' && 'code' in action;
}

function reply(code: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: code });
}

/** smtp-server does not expose a connection's id and socket. */
function cut(server: SMTPServer, session?: SMTPServerSession): void {
  for (const connection of server.connections) {
    const socket: unknown = Reflect.get(connection, '_socket');
    const wanted = !session || Reflect.get(connection, 'id') === session.id;
    if (wanted && socket instanceof Socket) socket.destroy();
  }
}

async function parse(raw: Buffer, session: SMTPServerSession): Promise<ReceivedMail> {
  const mail = await PostalMime.parse(raw);
  const { mailFrom, rcptTo } = session.envelope;
  return {
    messageId: mail.messageId ?? '',
    from: mailFrom ? mailFrom.address : '',
    rcpt: rcptTo.map(({ address }) => address),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html ?? '',
    headers: new Map(mail.headers.map(({ key, value }) => [key, value])),
    raw: raw.toString('utf8'),
  };
}
