import type { PayloadCodec } from '@temporalio/common';
import { Client, Connection } from '@temporalio/client';
import type { TemporalConnection } from '../compose';
import { dataConverterOf } from '../privacy/codec-from-keys';
import type { TemporalAddress } from './temporal-address';

/**
 * A client that connects when it is first needed, so that events can be accepted while Temporal is
 * unavailable. A connection that failed is tried again at the next call.
 *
 * @param codec encrypts payloads; the same as the workers'
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
