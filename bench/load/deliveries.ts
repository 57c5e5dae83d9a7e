import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { sharedNow } from '../stage/delivery-report';

/** What has reached a provider, as the workers of both sides report it. */
export interface Deliveries {
  readonly port: number;
  /**
   * The moment, by `sharedNow`, of the next delivery of this key; several that wait for one key are
   * served in turn. Ask before causing it.
   */
  next(key: string): Promise<number>;
}

/** After so long a delivery counts as lost, and the run as failed. */
const PATIENCE_MS = 90_000;

interface Waiting {
  readonly since: number;
  resolve(at: number): void;
  reject(error: Error): void;
}

export async function listenForDeliveries(): Promise<Deliveries> {
  const waiting = new Map<string, Waiting[]>();
  const server = createServer((socket) => {
    createInterface({ input: socket }).on('line', (line) => {
      const [key = '', at] = line.split(' ');
      const queue = waiting.get(key);
      queue?.shift()?.resolve(Number(at));
      if (queue?.length === 0) waiting.delete(key);
    });
    socket.on('error', () => undefined); // a worker that is stopped goes without a word
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  setInterval(() => giveUp(waiting), 1_000).unref();
  return {
    port: (server.address() as AddressInfo).port,
    next: (key) =>
      new Promise((resolve, reject) => {
        const queue = waiting.get(key) ?? [];
        waiting.set(key, queue);
        queue.push({ since: sharedNow(), resolve, reject });
      }),
  };
}

function giveUp(waiting: Map<string, Waiting[]>): void {
  for (const [key, queue] of waiting) {
    while (queue[0] !== undefined && sharedNow() - queue[0].since > PATIENCE_MS) {
      const seconds = PATIENCE_MS / 1000;
      queue.shift()?.reject(new Error(`Nothing was delivered to ${key} within ${seconds} s.`));
    }
    if (queue.length === 0) waiting.delete(key);
  }
}
