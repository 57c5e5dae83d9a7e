import { sql } from 'kysely';
import { connect } from '../../src/db/connect';
import { insertRows, recordset, tableRecordset } from '../../src/db/sql/recordset';
import { environment } from '../support/engine';
import { cloneDatabase } from '../support/stack';

/**
 * What must not compile: `npm run check` requires an error below each `@ts-expect-error`.
 */
function refusedRecordsets(): void {
  const journeys = [{ name: 'welcome', next_slot_at: null }];
  // @ts-expect-error the table has no such column
  insertRows('journeys', [{ names: 'welcome' }], { names: 'text' });
  // @ts-expect-error the column holds a time
  insertRows('journeys', journeys, { name: 'text', next_slot_at: 'text' });
  // @ts-expect-error the rows lack a column
  insertRows('journeys', [{ key: 'a' }], { name: 'text' });
  // @ts-expect-error there is no such table
  insertRows('journey', journeys, { name: 'text' });
  // @ts-expect-error the value does not fit the column
  tableRecordset('identifiers', [{ secondary: 1 }], { secondary: 'boolean' });
  // @ts-expect-error the rows have no such column
  recordset([{ id: 'a' }], { id: 'text', limit: 'integer' });
  // @ts-expect-error a column of the rows is missing
  recordset([{ id: 'a', limit: 3 }], { id: 'text' });
  // @ts-expect-error a number cannot be read as text
  recordset([{ limit: 3 }], { limit: 'text' });
}

void refusedRecordsets; // it is compiled, not run

it('inserts rows in their order, with arrays, JSON, nulls and times', async () => {
  const database = await cloneDatabase(environment('TEST_POSTGRES_URL'), 'throughline_template');
  const connection = connect(database.url, 1);
  const { db } = connection;
  try {
    const at = new Date('2026-03-01T12:00:00.123Z');
    const rows = Array.from({ length: 50 }, (_, index) => ({
      lane: index % 3,
      customer_id: `customer "${50 - index}"`,
      enrollment_id: 'e',
      workflow_type: 'welcome',
      kind: 'signal' as const,
      payload: { seq: 2 ** 52 - index, words: ["it's", null] },
      created_at: at,
      available_at: at,
      last_error: null,
    }));
    await insertRows('outbox', rows, {
      lane: 'smallint',
      customer_id: 'text',
      enrollment_id: 'text',
      workflow_type: 'text',
      kind: 'text',
      payload: 'jsonb',
      created_at: 'timestamptz',
      available_at: 'timestamptz',
      last_error: 'text',
    }).execute(db);
    const stored = await db.selectFrom('outbox').selectAll().orderBy('id').execute();
    expect(stored).toMatchObject(rows);

    const lists = [{ names: ['a', 'b, "c"', ''] }, { names: [] }, { names: undefined }];
    const { rows: read } = await sql`
      select names from ${recordset(lists, { names: 'text[]' })} as r`.execute(db);
    expect(read).toEqual([{ names: ['a', 'b, "c"', ''] }, { names: [] }, { names: null }]);
  } finally {
    await connection.close();
    await database.drop();
  }
});
