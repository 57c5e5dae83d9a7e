import { readFile } from 'node:fs/promises';
import type { TLSConfig } from '@temporalio/client';
import type { Config } from '../config';

export interface TemporalAddress {
  readonly address: string;
  readonly namespace: string;
  readonly apiKey?: string;
  readonly tls?: TLSConfig | boolean;
}

/** Returns the connection options of Temporal; reads the files named by TEMPORAL_TLS_CA, _CERT and _KEY. */
export async function temporalAddress(config: Config): Promise<TemporalAddress> {
  const { TEMPORAL_API_KEY: apiKey, TEMPORAL_NAMESPACE: namespace } = config;
  const tls = await tlsOf(config);
  return {
    address: config.TEMPORAL_ADDRESS ?? '',
    namespace,
    ...(apiKey !== undefined && { apiKey }),
    ...(tls !== undefined && { tls }),
  };
}

async function tlsOf(config: Config): Promise<TLSConfig | boolean | undefined> {
  const { TEMPORAL_TLS_CA: ca, TEMPORAL_TLS_CERT: cert, TEMPORAL_TLS_KEY: key } = config;
  const name = config.TEMPORAL_TLS_SERVER_NAME;
  if (ca === undefined && cert === undefined && name === undefined) {
    // An API key is never sent unencrypted.
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
