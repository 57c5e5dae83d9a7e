import { Kysely, PostgresDialect } from 'kysely';
import { Pool, types } from 'pg';
import { prepareStatements } from './prepared-statements';
import type { Database } from './schema';

export interface Connection {
  readonly db: Kysely<Database>;
  readonly pool: Pool;
  close(): Promise<void>;
}

/** bigint (int8) columns here are sequence numbers far below 2^53, so they may be numbers. */
types.setTypeParser(types.builtins.INT8, Number);

/**
 * A bounded pool and its query builder.
 *
 * @param maxConnections the maximum number of open connections
 */
export function connect(url: string, maxConnections: number): Connection {
  const pool = new Pool({
    connectionString: url,
    max: maxConnections,
    // Fail after this time instead of waiting forever for a connection; the caller retries.
    connectionTimeoutMillis: 15_000,
    idle_in_transaction_session_timeout: 60_000,
    statement_timeout: 60_000,
    application_name: 'throughline',
    // Statements are sent without waiting for the results of earlier ones; see eager-transactions.
    pipeline: true,
  });
  // Without these listeners, a broken connection would end the process. The pool emits the error of
  // an idle connection; a connection in a transaction emits its own, and its next query fails.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db = new Kysely<Database>({
    dialect: new PostgresDialect({ pool: prepareStatements(pool) }),
  });
  return { db, pool, close: () => db.destroy() };
}
