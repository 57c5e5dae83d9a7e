import type { PayloadCodec } from '@temporalio/common';
import { Client, Connection } from '@temporalio/client';
import type { TemporalConnection } from '../compose';
import { dataConverterOf } from '../privacy/codec-from-keys';
import type { TemporalAddress } from './temporal-address';

/**
 * A client that connects at its first use, so that events are accepted while Temporal is unavailable.
 * A failed connection is retried at the next call.
 *
 * @param codec encrypts payloads; must be the codec of the workers
 */
export function lazyClient(temporal: TemporalAddress, codec?: PayloadCodec): TemporalConnection {
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
