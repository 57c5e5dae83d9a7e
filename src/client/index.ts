import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './api-paths';

export type { components, paths } from './api-paths';

/** A client of the HTTP API whose paths, parameters, bodies and answers are typed. */
export type ThroughlineClient = Client<paths>;

export interface ThroughlineClientOptions {
  /** Where the API is reached, such as `https://throughline.shop.example`. */
  readonly url: string;
  /** An API key with the role that the calls need. */
  readonly key: string;
  /** Replaces the platform's own `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * Creates a client of the HTTP API. A call resolves with `data`, or with `error` where the API
 * refuses it; it rejects only where no answer arrives.
 *
 * @example
 * const client = createThroughlineClient({ url: 'http://localhost:3000', key: writeKey });
 * const { data, error } = await client.POST('/v1/track', {
 *   body: { userId: 'ada', event: 'Order Completed', properties: { total: 120 } },
 * });
 * if (error !== undefined) throw new Error(error.error.message);
 */
export function createThroughlineClient(options: ThroughlineClientOptions): ThroughlineClient {
  const { url, key, fetch } = options;
  return createClient<paths>({
    baseUrl: url,
    headers: { Authorization: `Bearer ${key}` },
    ...(fetch !== undefined && { fetch: (request) => fetch(request) }),
  });
}
