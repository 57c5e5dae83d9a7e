import { Client } from 'pg';
import type { Logger } from '../logger';

const RECONNECT_MS = 1_000;

/**
 * Calls `wake` for each notification of a Postgres channel, on a dedicated connection that reconnects
 * after a failure. Notifications during an interruption are lost, so the caller must also poll; after
 * each connection, `wake` is called once without a payload.
 *
 * @returns a function that stops listening
 */
export async function listenTo(
  url: string,
  channel: string,
  wake: (payload?: string) => void,
  logger: Logger,
): Promise<() => Promise<void>> {
  let stopped = false;
  let client: Client | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function open(): Promise<void> {
    const opening = new Client({ connectionString: url, application_name: 'throughline-listen' });
    opening.on('error', () => reopen(opening));
    opening.on('end', () => reopen(opening));
    opening.on('notification', ({ payload }) => wake(payload));
    client = opening;
    try {
      await opening.connect();
      await opening.query(`listen ${channel}`);
      wake();
    } catch (error) {
      logger.warn({ error }, 'cannot listen to Postgres; polling meanwhile');
      reopen(opening);
    }
  }

  function reopen(broken: Client): void {
    if (stopped || client !== broken) return;
    client = undefined;
    void broken.end().catch(() => undefined);
    timer = setTimeout(() => void open(), RECONNECT_MS);
  }

  await open();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await client?.end().catch(() => undefined);
  };
}
