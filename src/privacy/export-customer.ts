import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import { sql } from 'kysely';
import { ZipFile } from 'yazl';
import type { Db } from '../db/transaction';
import { PERSONAL_TABLES, rowsOf, type PersonalTable } from './personal-data';

type Row = Readonly<Record<string, unknown>>;

/** The rows read at a time, and the most in memory, however many there are. */
const PAGE = 500;

export interface CustomerExport {
  /** The number of rows by table, for tables with rows of the customer. */
  readonly tables: ReadonlyMap<string, number>;
  /** The ZIP, generated while it is read. Destroy it where the reader stops. */
  readonly zip: Readable;
}

/**
 * Everything stored about a customer, and about everybody merged into them: a ZIP with a JSON and a CSV
 * file for each table with rows of theirs, and `about.json`. It is generated while it is read.
 */
export async function exportCustomer(
  db: Db,
  customerId: string,
  now: Date,
): Promise<CustomerExport> {
  const customers = await familyOf(db, customerId);
  const tables = new Map<PersonalTable, number>();
  for (const table of Object.keys(PERSONAL_TABLES) as PersonalTable[]) {
    if (PERSONAL_TABLES[table].exported === false) continue;
    const count = await countOf(db, table, customers);
    if (count > 0) tables.set(table, count);
  }
  const file = new ZipFile();
  const output = file.outputStream as unknown as Readable;
  file.on('error', (error: unknown) => output.destroy(error as Error));
  const options = { mtime: now };
  const about = { customer: customerId, exportedAt: now, rows: Object.fromEntries(tables) };
  file.addBuffer(Buffer.from(`${JSON.stringify(about, undefined, 2)}\n`), 'about.json', options);
  for (const table of tables.keys()) {
    const rows = () => rowsIn(db, table, customers);
    addLazily(file, `${table}.json`, now, () => Readable.from(jsonOf(rows())));
    addLazily(file, `${table}.csv`, now, () => csvOf(rows()));
  }
  file.end();
  return { tables, zip: output };
}

function addLazily(file: ZipFile, path: string, mtime: Date, open: () => Readable): void {
  file.addReadStreamLazy(path, { mtime }, (take) => take(null, open()));
}

async function familyOf(db: Db, customerId: string): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    with recursive family as (
      select id from customers where id = ${customerId}
      union
      select c.id from customers c join family f on c.merged_into = f.id)
    select id from family`.execute(db);
  return rows.map(({ id }) => id);
}

async function countOf(
  db: Db,
  table: PersonalTable,
  customers: readonly string[],
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from ${sql.table(table)}
    where ${rowsOf(table, customers)}`.execute(db);
  return rows[0]?.count ?? 0;
}

/** The rows page by page, along their key: a slow reader holds no transaction open. */
async function* rowsIn(
  db: Db,
  table: PersonalTable,
  customers: readonly string[],
): AsyncGenerator<Row> {
  const { key } = PERSONAL_TABLES[table];
  const columns = sql.join(key.map((column) => sql.ref(column)));
  for (let last: Row | undefined; ;) {
    const after: Row | undefined = last;
    const beyond =
      after === undefined
        ? sql`true`
        : sql`(${columns}) > (${sql.join(key.map((column) => after[column]))})`;
    const { rows } = await sql<Row>`
      select * from ${sql.table(table)}
      where ${rowsOf(table, customers)} and ${beyond}
      order by ${columns} limit ${PAGE}`.execute(db);
    yield* rows;
    last = rows.at(-1);
    if (rows.length < PAGE) return;
  }
}

async function* jsonOf(rows: AsyncIterable<Row>): AsyncGenerator<string> {
  let before = '[\n';
  for await (const row of rows) {
    yield `${before}${JSON.stringify(row)}`;
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

/** A cell that a spreadsheet would evaluate as a formula is prefixed with an apostrophe. */
function csvOf(rows: AsyncIterable<Row>): Readable {
  const source = Readable.from(rows);
  const csv = stringify({
    header: true,
    bom: true, // without it Excel does not know UTF-8
    escape_formulas: true,
    cast: {
      date: (value) => value.toISOString(),
      boolean: String,
      object: (value) => JSON.stringify(value),
    },
  });
  source.on('error', (error) => csv.destroy(error));
  csv.on('close', () => source.destroy());
  return source.pipe(csv);
}
