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
 * @param maxConnections the most connections held open at a time
 */
export function connect(url: string, maxConnections: number): Connection {
  const pool = new Pool({
    connectionString: url,
    max: maxConnections,
    // A connection that cannot be had in this time is an error the caller retries, not a hang.
    connectionTimeoutMillis: 15_000,
    idle_in_transaction_session_timeout: 60_000,
    statement_timeout: 60_000,
    application_name: 'throughline',
    // Statements are sent without waiting for the answers to those before; see eager-transactions.
    pipeline: true,
  });
  // Without these listeners, a connection that breaks would end the process: the pool tells of one
  // that is idle, the connection itself of one that a transaction holds, whose next query then fails.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db = new Kysely<Database>({
    dialect: new PostgresDialect({ pool: prepareStatements(pool) }),
  });
  return { db, pool, close: () => db.destroy() };
}
