import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** What a line does to the bytes that it carries. */
export type LineFault =
  /** Bytes are dropped silently, as when a cable is unplugged. */
  | 'frozen'
  /** Nobody listens, and open connections are reset. */
  | 'refusing'
  /** Requests arrive; the connection is reset before the answer is delivered. */
  | 'losing answers'
  /** Requests arrive late. */
  | { readonly delayMs: number };

/** A TCP proxy between two parts of the system, which injects network faults. */
export interface Line {
  readonly port: number;
  /** Resets every connection that is open now. */
  cut(): void;
  /** Injects a fault until it is reverted. */
  trouble(fault: LineFault): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

const HOST = '127.0.0.1';

/** Opens a line to a port of this machine. */
export async function openLine(targetPort: number): Promise<Line> {
  const pairs = new Set<Pair>();
  let fault: LineFault | undefined;
  let thawed = Promise.resolve();
  let thaw = () => undefined as void;

  const reset = (pair: Pair) => {
    pairs.delete(pair);
    for (const socket of [pair.near, pair.far]) {
      // A socket that is already shutting down cannot be reset.
      if (socket.writableEnded) socket.destroy();
      else socket.resetAndDestroy();
    }
  };
  const cut = () => [...pairs].forEach(reset);

  function carry(pair: Pair, from: Socket, to: Socket): void {
    from.on('data', (chunk: Buffer) => {
      if (fault === 'losing answers' && from === pair.far) return reset(pair);
      from.pause();
      void held(from === pair.near).then(() => {
        if (!to.destroyed) to.write(chunk, () => from.resume());
      });
    });
    from.on('end', () => void held(from === pair.near).then(() => to.end()));
    from.on('error', () => reset(pair));
    from.on('close', () => {
      if (!to.destroyed) to.destroySoon();
      pairs.delete(pair);
    });
  }

  async function held(asked: boolean): Promise<void> {
    if (fault === 'frozen') await thawed;
    else if (typeof fault === 'object' && asked) await pause(fault.delayMs);
  }

  const server: Server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port: targetPort, host: HOST, allowHalfOpen: true });
    near.setNoDelay(true);
    far.setNoDelay(true);
    const pair = { near, far };
    pairs.add(pair);
    carry(pair, near, far);
    carry(pair, far, near);
  });
  const listen = async (port: number) => {
    server.listen(port, HOST);
    await once(server, 'listening');
    return (server.address() as { port: number }).port;
  };
  const port = await listen(0);

  async function mend(): Promise<void> {
    fault = undefined;
    thaw();
    if (!server.listening) await listen(port);
  }

  return {
    port,
    cut,
    mend,
    async trouble(given) {
      await mend();
      fault = given;
      if (given === 'frozen') {
        thawed = new Promise((resolve) => {
          thaw = resolve;
        });
      }
      if (given === 'refusing') {
        const closed = new Promise((resolve) => server.close(resolve));
        cut();
        await closed;
      }
    },
    async close() {
      fault = undefined;
      thaw();
      const closed = server.listening ? new Promise((resolve) => server.close(resolve)) : undefined;
      cut();
      await closed;
    },
  };
}
