import { Client, Connection } from '@temporalio/client';
import type { StageBase } from './stage-base';

/** A client of the bench's own, to look at what has run; the stage closes it. */
export async function temporalClient(
  stage: Pick<StageBase, 'temporal' | 'onClose'>,
): Promise<Client> {
  const { address, namespace } = await stage.temporal();
  const connection = await Connection.connect({ address });
  stage.onClose(() => connection.close());
  return new Client({ connection, namespace });
}
