import { requireFor, type Config } from '../config';
import { connect } from '../db/connect';
import { systemClock } from '../domain/clock';
import { codecFromKeys } from '../privacy/codec-from-keys';
import { explainCustomer } from '../reporting/explain';
import { lazyClient } from '../roles/lazy-client';
import { temporalAddress } from '../roles/temporal-address';
import { runningSystem } from './running-system';

/** `throughline why CUSTOMER`: explains decisions and current waits of a customer. */
export async function why(config: Config, customer: string): Promise<void> {
  const running = runningSystem(config);
  if (running === undefined) requireFor('why', config);
  const databaseUrl = config.DATABASE_URL ?? running?.databaseUrl ?? '';
  const address = config.TEMPORAL_ADDRESS ?? running?.temporalAddress ?? '';
  const connection = connect(databaseUrl, 1);
  const temporal = lazyClient(
    await temporalAddress({ ...config, TEMPORAL_ADDRESS: address }),
    codecFromKeys(config.THROUGHLINE_PAYLOAD_KEYS, connection.db),
  );
  try {
    const text = await explainCustomer(
      { db: connection.db, clock: systemClock, client: temporal.client },
      customer,
    );
    process.stdout.write(`${text}\n`);
  } finally {
    await temporal.close();
    await connection.close();
  }
}
