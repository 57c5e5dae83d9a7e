import { createServer, type Server, type Socket } from 'node:net';
import { reasonOf } from '../processes/error-facts';
import type { Log } from '../processes/log';
import {
  ASK_FOR_PASSWORD,
  fatalMessage,
  openingKind,
  queryMessage,
  splitMessages,
  startupMessage,
  SYNC,
  textOf,
  type WireMessage,
} from './wire-messages';

/** What PGlite offers: it answers a run of protocol messages, one run at a time. */
interface SingleSession {
  execProtocolRaw(messages: Uint8Array): Promise<Uint8Array>;
}

interface Deps {
  readonly session: SingleSession;
  readonly password: string;
  readonly log: Log;
  /** How long a transaction may idle while others wait, before its connection is cut. */
  readonly idleTransactionMs?: number | undefined;
}

interface Connection {
  readonly socket: Socket;
  state: 'opening' | 'password' | 'ready';
  rest: Buffer;
  /** Messages up to the next that asks for an answer. */
  batch: Buffer[];
  listens: boolean;
}

interface Turn {
  readonly connection: Connection;
  readonly messages: Buffer;
}

// Query, Sync, Flush, FunctionCall, and CopyDone or CopyFail.
const ASKS_FOR_ANSWER = new Set(['Q', 'S', 'H', 'F', 'c', 'f']);
const IDLE = 'I'.charCodeAt(0);
const ROLLBACK = Buffer.concat([SYNC, queryMessage('rollback')]);

/**
 * Lets several connections share PGlite's only session: each run of messages is a turn, and a
 * transaction keeps its turn until it ends. So transactions never overlap, which is correct and slow.
 * Notifications go to each connection that ever sent LISTEN.
 *
 * Settings, prepared statements with a name and session-level advisory locks are shared: Throughline
 * uses none of them.
 */
export async function createSessionServer(deps: Deps): Promise<Server> {
  const greeting = Buffer.from(
    await deps.session.execProtocolRaw(startupMessage('postgres', 'postgres')),
  );
  const connections = new Set<Connection>();
  const queue: Turn[] = [];
  let holder: Connection | undefined;
  let busy = false;
  let idleTimer: NodeJS.Timeout | undefined;

  const exchange = async (messages: Buffer, asker: Connection | undefined): Promise<void> => {
    const answer = Buffer.from(await deps.session.execProtocolRaw(new Uint8Array(messages)));
    let idle: boolean | undefined;
    const own: Buffer[] = [];
    for (const { type, bytes } of splitMessages(answer, true).messages) {
      if (type === 'Z') idle = bytes[5] === IDLE;
      if (type !== 'A') own.push(bytes);
      else for (const other of connections) if (other.listens) other.socket.write(bytes);
    }
    asker?.socket.write(Buffer.concat(own));
    // No ReadyForQuery: the run was flushed, not synced, and goes on.
    holder = idle === true ? undefined : asker;
  };

  const work = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    clearTimeout(idleTimer);
    for (;;) {
      if (holder && !connections.has(holder)) {
        // Sync first: after an error in a run that was only flushed, all else would be skipped.
        await exchange(ROLLBACK, undefined).catch(() => undefined);
        holder = undefined;
      }
      const turn = nextTurn();
      if (!turn) break;
      try {
        await exchange(turn.messages, turn.connection);
      } catch (error) {
        deps.log(`PGlite failed at a query and its connection was closed: ${reasonOf(error)}`);
        turn.connection.socket.destroy();
      }
    }
    busy = false;
    if (holder && queue.length > 0)
      idleTimer = setTimeout(cutIdle, deps.idleTransactionMs ?? 30_000);
  };

  const nextTurn = (): Turn | undefined => {
    const index = holder ? queue.findIndex(({ connection }) => connection === holder) : 0;
    return index === -1 ? undefined : queue.splice(index, 1)[0];
  };

  const cutIdle = (): void => {
    deps.log(
      'PGlite has a single session, and a transaction kept it without a query while others waited: ' +
        'its connection was closed. Query inside a transaction only through that transaction.',
    );
    holder?.socket.destroy();
  };

  const leave = (connection: Connection): void => {
    connections.delete(connection);
    for (let at = queue.length - 1; at >= 0; at -= 1) {
      if (queue[at]?.connection === connection) queue.splice(at, 1);
    }
    void work();
  };

  const receive = (connection: Connection, message: WireMessage): void => {
    if (message.type === 'X') return void connection.socket.end();
    connection.batch.push(message.bytes);
    if ('QP'.includes(message.type) && /\blisten\b/i.test(textOf(message))) {
      connection.listens = true;
    }
    if (!ASKS_FOR_ANSWER.has(message.type)) return;
    queue.push({ connection, messages: Buffer.concat(connection.batch) });
    connection.batch = [];
    void work();
  };

  return createServer({ noDelay: true }, (socket) => {
    const connection: Connection = {
      socket,
      state: 'opening',
      rest: Buffer.alloc(0),
      batch: [],
      listens: false,
    };
    connections.add(connection);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => leave(connection));
    const read = (chunk: Buffer): void => {
      connection.rest = Buffer.concat([connection.rest, chunk]);
      for (;;) {
        const { messages, rest } = splitMessages(connection.rest, connection.state !== 'opening');
        connection.rest = rest;
        if (messages.length === 0) return;
        for (const message of messages) {
          if (connection.state === 'ready') receive(connection, message);
          else open(connection, message, deps.password, greeting);
        }
      }
    };
    socket.on('data', (chunk) => {
      try {
        read(chunk);
      } catch (error) {
        deps.log(`PGlite closed a connection that does not speak Postgres: ${reasonOf(error)}`);
        socket.destroy();
      }
    });
  });
}

function open(
  connection: Connection,
  message: WireMessage,
  password: string,
  greeting: Buffer,
): void {
  const { socket } = connection;
  if (connection.state === 'password') {
    if (message.type === 'p' && textOf(message) === password) {
      connection.state = 'ready';
      socket.write(greeting);
    } else socket.end(fatalMessage('28P01', 'password authentication failed'));
    return;
  }
  const kind = openingKind(message.bytes);
  if (kind === 'encryption') socket.write('N');
  else if (kind === 'cancel') socket.end();
  else {
    connection.state = 'password';
    socket.write(ASK_FOR_PASSWORD);
  }
}
