import { readFile } from 'node:fs/promises';
import type { PayloadCodec } from '@temporalio/common';
import { Client, Connection } from '@temporalio/client';
import type { TLSConfig } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { Config } from '../config';
import { SEARCH_ATTRIBUTES } from '../enrollments/search-attributes';
import type { Logger } from '../logger';
import { dataConverterOf } from '../privacy/codec-from-keys';

export interface TemporalAddress {
  readonly address: string;
  readonly namespace: string;
  readonly apiKey?: string;
  readonly tls?: TLSConfig | boolean;
}

/** Where Temporal is and how to get in, from the configuration. */
export async function temporalAddress(config: Config, address: string): Promise<TemporalAddress> {
  const { TEMPORAL_API_KEY: apiKey, TEMPORAL_NAMESPACE: namespace } = config;
  const tls = await tlsOf(config);
  return {
    address,
    namespace,
    ...(apiKey !== undefined && { apiKey }),
    ...(tls !== undefined && { tls }),
  };
}

async function tlsOf(config: Config): Promise<TLSConfig | boolean | undefined> {
  const { TEMPORAL_TLS_CA: ca, TEMPORAL_TLS_CERT: cert, TEMPORAL_TLS_KEY: key } = config;
  const name = config.TEMPORAL_TLS_SERVER_NAME;
  if (ca === undefined && cert === undefined && name === undefined) {
    // An API key never travels in the clear.
    return config.TEMPORAL_TLS ?? (config.TEMPORAL_API_KEY === undefined ? undefined : true);
  }
  return {
    ...(ca !== undefined && { serverRootCACertificate: await readFile(ca) }),
    ...(cert !== undefined &&
      key !== undefined && {
        clientCertPair: { crt: await readFile(cert), key: await readFile(key) },
      }),
    ...(name !== undefined && { serverNameOverride: name }),
  };
}

/**
 * A client that connects when it is first needed, so that events can be taken while Temporal is
 * away. A connection that fails is tried again at the next call.
 *
 * @param codec what payloads go through; the same as the workers'
 */
export function lazyClient(
  temporal: TemporalAddress,
  codec?: PayloadCodec,
): {
  readonly client: () => Promise<Client>;
  readonly close: () => Promise<void>;
} {
  let connecting: Promise<Connection> | undefined;
  const connection = () => {
    connecting ??= Connection.connect({ ...temporal, connectTimeout: '5 seconds' }).catch(
      (error: unknown) => {
        connecting = undefined;
        throw error;
      },
    );
    return connecting;
  };
  return {
    client: async () =>
      new Client({
        connection: await connection(),
        namespace: temporal.namespace,
        ...dataConverterOf(codec),
      }),
    async close() {
      const open = await connecting?.catch(() => undefined);
      await open?.close();
    },
  };
}

export async function nativeConnection(temporal: TemporalAddress): Promise<NativeConnection> {
  const { address, apiKey, tls } = temporal;
  return NativeConnection.connect({
    address,
    ...(apiKey !== undefined && { apiKey }),
    ...(tls !== undefined && { tls }),
  });
}

/**
 * Makes sure that the namespace knows the search attributes by which enrollments are found.
 *
 * @returns false where it does not and will not, such as on a server without that service
 */
export async function ensureSearchAttributes(client: Client, logger: Logger): Promise<boolean> {
  const { namespace } = client.options;
  const KEYWORD = 2;
  try {
    const { operatorService } = client.connection;
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    const missing = Object.keys(SEARCH_ATTRIBUTES).filter((name) => !(name in customAttributes));
    if (missing.length > 0) {
      await operatorService.addSearchAttributes({
        namespace,
        searchAttributes: Object.fromEntries(missing.map((name) => [name, KEYWORD])),
      });
    }
    return true;
  } catch (error) {
    logger.warn(
      { error },
      `Enrollments cannot be found by customer in the Web UI: add the search attributes ${Object.keys(SEARCH_ATTRIBUTES).join(', ')} (Keyword) to the namespace`,
    );
    return false;
  }
}
