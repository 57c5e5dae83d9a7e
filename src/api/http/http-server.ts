import {
  createServer,
  STATUS_CODES,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Express, Request, Response } from 'express';

export interface ListenOptions {
  /** 0 chooses a free port. */
  readonly port: number;
  readonly host: string;
  /** The variable that sets the port, for the error when it is taken. */
  readonly portVariable: string;
}

export interface RunningApi {
  readonly server: Server;
  readonly port: number;
  /** Its address on this machine, without a trailing slash. */
  readonly url: string;
  close(): Promise<void>;
}

/** How long in-flight requests may still run when the API is closed. */
const CLOSE_TIMEOUT_MS = 5_000;

/** How long a request may take to arrive, unless the app sets another time. */
const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 10_000;

/** The Express setting that `createApi` writes. */
export const REQUEST_TIMEOUT_SETTING = 'request timeout ms';

/**
 * Listens on the port. A request whose headers or body stall is answered with 408.
 *
 * @throws {Error} where the port is in use or not permitted; the message names its variable
 */
export async function listen(app: Express, options: ListenOptions): Promise<RunningApi> {
  const given: unknown = app.get(REQUEST_TIMEOUT_SETTING);
  const requestTimeout = typeof given === 'number' ? given : REQUEST_TIMEOUT_MS;
  const server = createServer(
    {
      requestTimeout,
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeout),
      // By default Node checks for stalled requests only every 30 seconds.
      connectionsCheckingInterval: Math.min(1_000, Math.max(50, requestTimeout / 4)),
      // Node would answer with an empty body; `serve` answers with a message.
      requireHostHeader: false,
    },
    serve(app),
  );
  server.on('checkExpectation', (_request, response) => {
    refuse(
      response,
      417,
      'unknown-expectation',
      'Found an unknown Expect header; expected 100-continue. Send the request without it.',
    );
  });
  server.on('clientError', answerBrokenRequest);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(messageOf(error, options)));
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = /^(?:0\.0\.0\.0|::|127\.0\.0\.1|::1)?$/.test(options.host)
    ? 'localhost'
    : options.host;
  return { server, port, url: `http://${host}:${port}`, close: () => close(server) };
}

/** Serves the app. What Node and Express would refuse with an empty body is answered with JSON. */
function serve(app: Express): RequestListener {
  return (request, response) => {
    if (request.headers.host === undefined && request.httpVersion === '1.1') {
      refuse(response, 400, 'no-host', 'Found no Host header, which HTTP/1.1 requires. Send one.');
      return;
    }
    // Called for an address that no router can parse, and for errors after the answer has started.
    app(request as Request, response as Response, () => {
      if (response.headersSent) request.socket.destroy();
      else {
        refuse(
          response,
          400,
          'malformed-address',
          'Found an address that cannot be parsed; expected a path, such as /v1/track. Correct it.',
        );
      }
    });
  };
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  const body = refusal(code, message);
  response
    .writeHead(status, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
      Connection: 'close',
    })
    .end(body);
}

function refusal(code: string, message: string): string {
  return JSON.stringify({ success: false, error: { code, message, details: {} } });
}

/** Accepts no more requests, and waits a while for those in flight. */
async function close(server: Server): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(timer);
}

function messageOf(error: NodeJS.ErrnoException, options: ListenOptions): Error {
  const { port, host, portVariable } = options;
  const remedy = `Stop the process that uses it, or set ${portVariable} to another port.`;
  const found =
    error.code === 'EADDRINUSE'
      ? `Port ${port} of ${host} is in use. ${remedy}`
      : error.code === 'EACCES'
        ? `This user may not open port ${port} of ${host}. Set ${portVariable} to a port above 1023.`
        : `Port ${port} of ${host} cannot be opened (${error.message}). Set ${portVariable} to another port.`;
  return new Error(found, { cause: error });
}

/** Answers with JSON what is not a complete HTTP request. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, code, message]: readonly [number, string, string] =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? [408, 'timeout', 'The request took too long to arrive; retry without pauses.']
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? [431, 'headers-too-large', 'The headers are larger than 16 KB; send fewer.']
        : [
            400,
            'malformed-request',
            'This is not an HTTP request; check the address and the headers.',
          ];
  const body = refusal(code, message);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n` +
      'Content-Type: application/json; charset=utf-8\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
