import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection that sends what it is told, byte by byte, and keeps what it hears. */
export interface RawSocket {
  readonly socket: Socket;
  /** Everything that has come so far. */
  heard(): string;
  write(bytes: string | Buffer): void;
  /** Resolves when the connection is over, however it ended, with everything that came. */
  readonly closed: Promise<string>;
}

export async function openRaw(port: number): Promise<RawSocket> {
  // Half-closed is a state that servers must bear, so the socket does not leave it by itself.
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('end', () => socket.end());
  // A server may cut a connection at any moment, and a write may come after that.
  socket.on('error', () => undefined);
  const heard = () => Buffer.concat(chunks).toString('utf8');
  const closed = once(socket, 'close').then(heard);
  await once(socket, 'connect');
  return {
    socket,
    heard,
    closed,
    write(bytes) {
      if (socket.writable) socket.write(bytes);
    },
  };
}

export interface RawAnswer {
  readonly status: number;
  /** Of answers that follow each other on one connection, only the first one's. */
  readonly text: string;
}

/** Reads the first answer of a connection; undefined where none came. */
export function firstAnswer(heard: string): RawAnswer | undefined {
  const [, status, head = '', rest = ''] =
    /^HTTP\/1\.[01] (\d{3})[^\r]*\r\n((?:[^\r]+\r\n)*)\r\n(.*)$/s.exec(heard) ?? [];
  if (status === undefined) return undefined;
  if (status === '100') return firstAnswer(rest);
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  return {
    status: Number(status),
    text: length === undefined ? rest : rest.slice(0, Number(length)),
  };
}
