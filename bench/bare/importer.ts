import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { parse } from 'csv-parse';
import { Pool } from 'pg';

// The bare limit of an import: a script that reads the same file and writes its rows as they are, in
// batches of 500, two at a time, into a plain table with one primary key.

const TABLE = `create table if not exists imported (
  message_id text primary key,
  user_id text not null,
  name text not null,
  properties jsonb not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null
)`;

const INSERT = `insert into imported
  select * from unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $5::timestamptz[],
    $6::timestamptz[])
  on conflict do nothing`;

const TOGETHER = 500;
const AT_ONCE = 2;

type Row = Readonly<Record<string, string>>;

async function main(databaseUrl: string, file: string): Promise<void> {
  const pool = new Pool({ connectionString: databaseUrl, max: AT_ONCE });
  await pool.query(TABLE);
  const underWay = new Set<Promise<unknown>>();
  let number = 0;
  let rows: Row[] = [];

  async function store(): Promise<void> {
    const now = new Date().toISOString();
    const from = number - rows.length;
    const values = [
      rows.map((_, at) => `${basename(file)}:${from + at}`),
      rows.map(({ user_id: userId }) => userId),
      rows.map(({ event }) => event),
      rows.map(({ event: _event, user_id: _user, timestamp: _at, ...rest }) =>
        JSON.stringify(rest),
      ),
      rows.map(({ timestamp }) => timestamp),
      rows.map(() => now),
    ];
    rows = [];
    while (underWay.size >= AT_ONCE) await Promise.race(underWay);
    const storing = pool.query({ name: 'store', text: INSERT, values });
    underWay.add(storing);
    void storing.finally(() => underWay.delete(storing));
  }

  for await (const row of createReadStream(file).pipe(
    parse({ columns: true }),
  ) as AsyncIterable<Row>) {
    number++;
    rows.push(row);
    if (rows.length === TOGETHER) await store();
  }
  if (rows.length > 0) await store();
  await Promise.all(underWay);
  await pool.end();
}

const [databaseUrl = '', file = ''] = process.argv.slice(2);
void main(databaseUrl, file);
