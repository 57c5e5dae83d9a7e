import { sql } from 'kysely';
import { connect, type Connection } from '../../src/db/connect';
import { lastOf } from '../../src/db/sql/last-of';
import { inTransaction, type Tx } from '../../src/db/transaction';
import { environment } from '../support/engine';
import { cloneDatabase } from '../support/stack';

let database: Awaited<ReturnType<typeof cloneDatabase>>;
/** One connection writes, the other reads. */
let writing: Connection;
let reading: Connection;

beforeAll(async () => {
  database = await cloneDatabase(environment('TEST_POSTGRES_URL'), 'throughline_template');
  writing = connect(database.url, 1);
  reading = connect(database.url, 1);
  await sql`create table notes (id int primary key)`.execute(reading.db);
});
beforeEach(() => sql`truncate notes`.execute(reading.db));
afterAll(async () => {
  await Promise.all([writing.close(), reading.close()]);
  await database.drop();
});

const insertion = (id: number) => sql`insert into notes values (${id})`;
const write = (tx: Tx, id: number) => insertion(id).execute(tx);
const writeLast = (tx: Tx, id: number) => lastOf(insertion(id)).execute(tx);

async function stored(): Promise<readonly number[]> {
  const { rows } = await sql<{ id: number }>`select id from notes order by id`.execute(reading.db);
  return rows.map(({ id }) => id);
}

it('commits a transaction with its last statement', async () => {
  await inTransaction(writing.db, async (tx) => {
    await write(tx, 1);
    expect(await stored()).toEqual([]);
    await writeLast(tx, 2);
  });
  expect(await stored()).toEqual([1, 2]);
});

it('rolls back a transaction whose last statement fails, and throws its error', async () => {
  const failing = inTransaction(writing.db, async (tx) => {
    await write(tx, 1);
    await writeLast(tx, 1);
  });
  await expect(failing).rejects.toMatchObject({ code: '23505' });
  expect(await stored()).toEqual([]);
  await inTransaction(writing.db, (tx) => write(tx, 3));
  expect(await stored()).toEqual([3]);
});

it('rolls back a transaction that fails earlier, in Postgres or in the process', async () => {
  const inPostgres = inTransaction(writing.db, async (tx) => {
    await write(tx, 1);
    await sql`select 1 / 0`.execute(tx);
  });
  await expect(inPostgres).rejects.toMatchObject({ code: '22012' });
  const here = inTransaction(writing.db, async (tx) => {
    await write(tx, 1);
    throw new Error('changed its mind');
  });
  await expect(here).rejects.toThrow('changed its mind');
  await inTransaction(writing.db, () => Promise.resolve());
  expect(await stored()).toEqual([]);
});

it('rejects a statement after the last one, and ignores the mark outside of a transaction', async () => {
  const failing = inTransaction(writing.db, async (tx) => {
    await writeLast(tx, 1);
    await write(tx, 2);
  });
  await expect(failing).rejects.toThrow('Found a statement after one that was marked');
  expect(await stored()).toEqual([1]);
  await lastOf(insertion(5)).execute(writing.db);
  await insertion(6).execute(writing.db);
  expect(await stored()).toEqual([1, 5, 6]);
});

it('retries after a conflict, and recovers from a connection that breaks', async () => {
  let attempts = 0;
  await inTransaction(writing.db, async (tx) => {
    await write(tx, 1);
    if (++attempts < 3) throw Object.assign(new Error('conflict'), { code: '40001' });
    await writeLast(tx, 2);
  });
  expect(attempts).toBe(3);
  expect(await stored()).toEqual([1, 2]);

  const broken = inTransaction(writing.db, async (tx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
    await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(reading.db);
    await writeLast(tx, 3);
  });
  await expect(broken).rejects.toThrow();
  await inTransaction(writing.db, (tx) => writeLast(tx, 4));
  expect(await stored()).toEqual([1, 2, 4]);
});
