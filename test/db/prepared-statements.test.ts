import { sql } from 'kysely';
import { connect, type Connection } from '../../src/db/connect';
import { prepared } from '../../src/db/sql/prepared';
import { inTransaction } from '../../src/db/transaction';
import { environment } from '../support/engine';
import { cloneDatabase } from '../support/stack';

let database: Awaited<ReturnType<typeof cloneDatabase>>;
let connection: Connection;

beforeAll(async () => {
  database = await cloneDatabase(environment('TEST_POSTGRES_URL'), 'throughline_template');
});
beforeEach(() => {
  connection = connect(database.url, 1);
});
afterEach(() => connection.close());
afterAll(() => database.drop());

const preparedTexts = async () => {
  const { rows } = await sql<{ statement: string }>`
    select statement from pg_prepared_statements`.execute(connection.db);
  return rows.map(({ statement }) => statement);
};
const twice = (value: number) =>
  prepared<{ answer: number }>`select ${value}::int * 2 as answer`.execute(connection.db);

it('prepares a statement from its second use on, with the same result', async () => {
  const answers = [];
  for (const value of [1, 2, 3]) answers.push((await twice(value)).rows[0]?.answer);
  expect(answers).toEqual([2, 4, 6]);
  expect(await preparedTexts()).toEqual(['/* prepared */ select $1::int * 2 as answer']);
});

it('does not prepare a statement without the tag', async () => {
  for (const value of [1, 2, 3]) {
    await sql`select ${value}::int * 2 as answer`.execute(connection.db);
  }
  expect(await preparedTexts()).toEqual([]);
});

it('prepares a bounded number of statements', async () => {
  for (let width = 1; width <= 130; width++) {
    const text = sql.join(Array.from({ length: width }, (_, at) => sql`${at}::int`));
    for (let time = 0; time < 2; time++) {
      await prepared`select array[${text}] as list`.execute(connection.db);
    }
  }
  expect((await preparedTexts()).length).toBe(100);
}, 60_000);

it('prepares a statement again when its table changes', async () => {
  await sql`create table changing (id int)`.execute(connection.db);
  await sql`insert into changing values (1)`.execute(connection.db);
  const read = () =>
    inTransaction(connection.db, async (tx) => {
      const { rows } = await prepared<object>`select * from changing where id = ${1}`.execute(tx);
      return rows;
    });
  await read();
  expect(await read()).toEqual([{ id: 1 }]);
  await sql`alter table changing add column more text default 'x'`.execute(connection.db);
  expect(await read()).toEqual([{ id: 1, more: 'x' }]);
});

it('stops preparing behind a pooler that shares connections', async () => {
  const read = () =>
    inTransaction(connection.db, async (tx) => {
      const { rows } = await prepared<{ n: number }>`select ${5}::int as n`.execute(tx);
      return rows[0]?.n;
    });
  await read();
  await read();
  // What another client's session would look like: nothing that we prepared is there.
  await sql`deallocate all`.execute(connection.db);
  expect(await read()).toBe(5);
  await read();
  await read();
  expect(await preparedTexts()).toEqual([]);
});

it('keeps one plan in transactions, also for statements with array parameters', async () => {
  const planned = await inTransaction(connection.db, async (tx) => {
    for (let time = 0; time < 3; time++) {
      await prepared`select * from unnest(${['a', 'b']}::text[]) as each`.execute(tx);
    }
    const { rows } = await sql<{ generic: number; custom: number }>`
      select generic_plans::int as generic, custom_plans::int as custom
      from pg_prepared_statements where statement like '%unnest%' and statement like '/* prepared%'
    `.execute(tx);
    return rows;
  });
  expect(planned).toEqual([{ generic: 2, custom: 0 }]);
  const { rows } = await sql<{ mode: string }>`
    select current_setting('plan_cache_mode') as mode`.execute(connection.db);
  expect(rows).toEqual([{ mode: 'auto' }]);
});
