import { lookup, type LookupAddress } from 'node:dns';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPrivateAddress } from './private-address';

export interface PostRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  readonly allowPrivateAddresses: boolean;
}

export interface PostAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The first bytes of the body. */
  readonly excerpt: string;
}

/** Why there is no response, and whether the receiver may have received the request (`written`). */
export class PostError extends Error {
  readonly reason: 'forbidden-address' | 'aborted' | 'timeout' | 'connection';
  readonly written: boolean;

  constructor(reason: PostError['reason'], written: boolean, detail: string, cause?: unknown) {
    super(detail, { cause });
    this.name = 'PostError';
    this.reason = reason;
    this.written = written;
  }
}

const EXCERPT_BYTES = 300;

/**
 * Sends one POST request, without retries, over its own connection: if the receiver closed a
 * kept-alive connection at the wrong moment, the outcome would be unknown.
 *
 * @throws {PostError}
 */
export function post(
  { url, headers, body, timeoutMs, allowPrivateAddresses }: PostRequest,
  signal: AbortSignal,
): Promise<PostAnswer> {
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (!allowPrivateAddresses && isIP(literal) !== 0 && isPrivateAddress(literal)) {
    return Promise.reject(new PostError('forbidden-address', false, 'a private address'));
  }
  return new Promise((resolve, reject) => {
    let written = false;
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
      method: 'POST',
      agent: false,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      ...(allowPrivateAddresses ? {} : { lookup: publicLookup }),
    });
    const fail = (reason: PostError['reason'], detail: string, cause?: unknown) => {
      settle();
      reject(cause instanceof PostError ? cause : new PostError(reason, written, detail, cause));
      request.destroy();
    };
    const onAbort = () => fail('aborted', 'the attempt was aborted');
    const timer = setTimeout(
      () => fail('timeout', `no response within ${timeoutMs} ms`),
      timeoutMs,
    );
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };

    request.on('error', (error: NodeJS.ErrnoException) =>
      fail('connection', error.code ?? error.message, error),
    );
    request.on('socket', (socket) => {
      // From now on the request may have been sent.
      const connected = url.protocol === 'https:' ? 'secureConnect' : 'connect';
      socket.once(connected, () => (written = true));
    });
    request.on('response', (response) => {
      settle(); // only the status counts, even if the body is incomplete
      let excerpt = '';
      const done = () => {
        clearTimeout(bodyTimer);
        request.destroy();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, excerpt });
      };
      const bodyTimer = setTimeout(done, Math.min(timeoutMs, 2000));
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        excerpt = (excerpt + chunk).slice(0, EXCERPT_BYTES);
        if (excerpt.length === EXCERPT_BYTES) done();
      });
      response.on('end', done);
      response.on('error', done);
    });
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) return onAbort();
    request.end(body);
  });
}

/** Checks the addresses that the connection will use, which prevents DNS rebinding. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    const first = addresses?.[0];
    if (error || !first) {
      return callback(error ?? new Error('no address'), '', 0);
    }
    if (addresses.some(({ address }) => isPrivateAddress(address))) {
      return callback(new PostError('forbidden-address', false, 'a private address'), '', 0);
    }
    if (options.all) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
};
