import { sql } from 'kysely';
import { connect, type Connection } from '../../src/db/connect';
import { LAST } from '../../src/db/eager-transactions';
import { inTransaction, type Tx } from '../../src/db/transaction';
import { environment } from '../support/engine';
import { cloneDatabase } from '../support/stack';

let database: Awaited<ReturnType<typeof cloneDatabase>>;
/** One connection works, the other looks. */
let working: Connection;
let looking: Connection;

beforeAll(async () => {
  database = await cloneDatabase(environment('TEST_POSTGRES_URL'), 'throughline_template');
  working = connect(database.url, 1);
  looking = connect(database.url, 1);
  await sql`create table notes (id int primary key)`.execute(looking.db);
});
beforeEach(() => sql`truncate notes`.execute(looking.db));
afterAll(async () => {
  await Promise.all([working.close(), looking.close()]);
  await database.drop();
});

const write = (tx: Tx, id: number, mark = '') =>
  sql`${sql.raw(mark)} insert into notes values (${id})`.execute(tx);

async function kept(): Promise<readonly number[]> {
  const { rows } = await sql<{ id: number }>`select id from notes order by id`.execute(looking.db);
  return rows.map(({ id }) => id);
}

it('keeps a transaction once its last statement is through', async () => {
  await inTransaction(working.db, async (tx) => {
    await write(tx, 1);
    expect(await kept()).toEqual([]);
    await write(tx, 2, LAST);
  });
  expect(await kept()).toEqual([1, 2]);
});

it('keeps nothing of a transaction whose last statement fails, and says why', async () => {
  const failing = inTransaction(working.db, async (tx) => {
    await write(tx, 1);
    await write(tx, 1, LAST);
  });
  await expect(failing).rejects.toMatchObject({ code: '23505' });
  expect(await kept()).toEqual([]);
  await inTransaction(working.db, (tx) => write(tx, 3));
  expect(await kept()).toEqual([3]);
});

it('keeps nothing of one that fails before, whether in Postgres or here', async () => {
  const inPostgres = inTransaction(working.db, async (tx) => {
    await write(tx, 1);
    await sql`select 1 / 0`.execute(tx);
  });
  await expect(inPostgres).rejects.toMatchObject({ code: '22012' });
  const here = inTransaction(working.db, async (tx) => {
    await write(tx, 1);
    throw new Error('changed its mind');
  });
  await expect(here).rejects.toThrow('changed its mind');
  await inTransaction(working.db, () => Promise.resolve());
  expect(await kept()).toEqual([]);
});

it('refuses a statement behind the last one, and marks outside of a transaction mean nothing', async () => {
  const failing = inTransaction(working.db, async (tx) => {
    await write(tx, 1, LAST);
    await write(tx, 2);
  });
  await expect(failing).rejects.toThrow('Found a statement after one that was marked');
  expect(await kept()).toEqual([1]);
  await sql`${sql.raw(LAST)} insert into notes values (5)`.execute(working.db);
  await sql`insert into notes values (6)`.execute(working.db);
  expect(await kept()).toEqual([1, 5, 6]);
});

it('runs one again that lost to another, and survives a connection that breaks under it', async () => {
  let attempts = 0;
  await inTransaction(working.db, async (tx) => {
    await write(tx, 1);
    if (++attempts < 3) throw Object.assign(new Error('conflict'), { code: '40001' });
    await write(tx, 2, LAST);
  });
  expect(attempts).toBe(3);
  expect(await kept()).toEqual([1, 2]);

  const broken = inTransaction(working.db, async (tx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
    await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(looking.db);
    await write(tx, 3, LAST);
  });
  await expect(broken).rejects.toThrow();
  await inTransaction(working.db, (tx) => write(tx, 4, LAST));
  expect(await kept()).toEqual([1, 2, 4]);
});
