import { connect, createServer, type Server } from 'node:net';
import { codeOf } from './error-facts';

const LOOPBACK = '127.0.0.1';

/**
 * Rejects where something already listens on `port`, with an error that names the variable to change.
 */
export async function assertPortFree(port: number, variable: string): Promise<void> {
  if (await isPortFree(port)) return;
  throw new Error(
    `Port ${port} is already in use on ${LOOPBACK}, and ${variable} expects it to be free. ` +
      `Stop the process that listens there, or set ${variable} to another port (0 chooses a free one).`,
  );
}

export async function isPortFree(port: number): Promise<boolean> {
  try {
    await close(await listen(port));
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EADDRINUSE' || code === 'EACCES') return false;
    throw error;
  }
  // macOS and Windows let a second listener bind beside a wildcard one, so ask whether anyone answers.
  return !(await answers(port));
}

/** A port that is free, and that the system does not assign to anybody else within a minute. */
export async function freePort(): Promise<number> {
  const server = await listen(0);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port was given.');
  const { port } = address;
  // Closing an accepted connection on the server's side leaves the port in TIME_WAIT: Linux then does
  // not assign it for port 0, while a server can still bind it by number.
  await new Promise<void>((resolve, reject) => {
    server.once('connection', (accepted) => accepted.destroy());
    const client = connect(port, LOOPBACK);
    client.once('error', reject);
    client.once('close', () => resolve());
    client.resume();
  });
  await close(server);
  return port;
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: LOOPBACK });
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(500, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
