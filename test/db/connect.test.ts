import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { connect } from '../../src/db/connect';
import { environment } from '../support/engine';

it('survives a connection that breaks during a transaction', async () => {
  const connection = connect(environment('TEST_POSTGRES_URL'), 2);
  try {
    const held = connection.db.transaction().execute(async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
      // No query is running when the server closes the connection, as when it is killed.
      await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(connection.db);
      await pause(200);
      await sql`select 1`.execute(tx);
    });
    await expect(held).rejects.toThrow();
    const { rows } = await sql<{ one: number }>`select 1 as one`.execute(connection.db);
    expect(rows).toEqual([{ one: 1 }]);
  } finally {
    await connection.close();
  }
});
