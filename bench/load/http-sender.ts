import { Agent, request } from 'node:http';

/** Where one side takes events. */
export interface Target {
  /** `http://127.0.0.1:3000` */
  readonly url: string;
  readonly writeKey: string;
}

export interface Sender {
  /** Resolves once the answer is read; `status` is for the caller to classifyRelayError. */
  send(path: string, body: string): Promise<{ readonly status: number; readonly text: string }>;
  close(): void;
}

class ClosedMeanwhile extends Error {}

/** Posts over connections that are kept open, as many as there are requests at a time. */
export function createSender(target: Target, connections: number): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const { hostname, port } = new URL(target.url);
  const send: Sender['send'] = (path, body) => {
    return post(path, body).catch((error: unknown) => {
      // A server may close an idle connection in the very moment in which it is used again.
      if (error instanceof ClosedMeanwhile) return post(path, body);
      throw error;
    });
  };
  const post: Sender['send'] = (path, body) =>
    new Promise((resolve, reject) => {
      const bytes = Buffer.from(body);
      const posting = request(
        {
          agent,
          hostname,
          port,
          path,
          method: 'POST',
          headers: {
            authorization: `Bearer ${target.writeKey}`,
            'content-type': 'application/json',
            'content-length': bytes.length,
          },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (part: string) => (text += part));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
          response.on('error', reject);
        },
      );
      posting.on('error', (error: NodeJS.ErrnoException) => {
        const closed = posting.reusedSocket && error.code === 'ECONNRESET';
        reject(closed ? new ClosedMeanwhile(error.message, { cause: error }) : error);
      });
      posting.end(bytes);
    });
  return { send, close: () => agent.destroy() };
}

/** @throws {Error} an answer other than 200, since a refused request measures nothing */
export async function sendOrThrow(sender: Sender, path: string, body: string): Promise<void> {
  const { status, text } = await sender.send(path, body);
  if (status === 200) return;
  throw new Error(
    `Found the answer ${status} to a POST of ${path}; expected 200. It said: ${text.slice(0, 500)}`,
  );
}
