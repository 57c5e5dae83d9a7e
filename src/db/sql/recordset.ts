import { sql, type RawBuilder, type SelectType } from 'kysely';
import type { JsonObject } from '../../domain/json';
import type { Database } from '../schema';

type Table = keyof Database;
type Column<T extends Table> = keyof Database[T] & string;

/** The SQL types that a value of a TypeScript type may be read as. */
export type SqlType<Value> = [Value] extends [string]
  ? 'text'
  : [Value] extends [number]
    ? 'smallint' | 'integer' | 'bigint' | 'double precision'
    : [Value] extends [boolean]
      ? 'boolean'
      : [Value] extends [Date]
        ? 'timestamptz'
        : [Value] extends [readonly string[]]
          ? 'text[]'
          : 'jsonb';

/** What a column holds, as a value that JSON can carry; a column that may be null may be left out. */
type ColumnValue<Stored> = null extends Stored ? Widened<Stored> | undefined : Widened<Stored>;
type Widened<Stored> = Stored extends string[]
  ? readonly string[]
  : JsonObject extends Stored
    ? object
    : Stored;

/**
 * Rows as a table expression to select from: one parameter, however many rows there are.
 *
 * @param columns the SQL type of each column; the compiler refuses a missing or unknown column, and
 *   a type that does not fit the values
 * @example
 * sql`select id from ${recordset([{ id: 'a', max: 3 }], { id: 'text', max: 'integer' })} as r`
 */
export function recordset<Row extends object>(
  rows: readonly Row[],
  columns: { readonly [Name in keyof NoInfer<Row>]-?: SqlType<NonNullable<NoInfer<Row>[Name]>> },
): RawBuilder<unknown> {
  return recordsOf(rows, columns);
}

/** The same for rows of a table: names and values are checked against the schema. */
export function tableRecordset<T extends Table, Name extends Column<T>>(
  _table: T,
  rows: readonly { readonly [N in Name]: ColumnValue<SelectType<Database[T][N]>> }[],
  columns: { readonly [N in Name]: SqlType<NonNullable<SelectType<Database[T][N]>>> },
): RawBuilder<unknown> {
  return recordsOf(rows, columns);
}

/**
 * An insertion of rows into a table, in the order given; a generated id rises with it.
 *
 * @param columns the SQL type of each column that is written
 * @example
 * insertRows('journeys', [{ name: 'welcome', next_slot_at: null }], {
 *   name: 'text',
 *   next_slot_at: 'timestamptz',
 * });
 */
export function insertRows<T extends Table, Name extends Column<T>>(
  table: T,
  rows: readonly { readonly [N in Name]: ColumnValue<SelectType<Database[T][N]>> }[],
  columns: { readonly [N in Name]: SqlType<NonNullable<SelectType<Database[T][N]>>> },
): RawBuilder<unknown> {
  const names = Object.keys(columns).join(', ');
  return sql`insert into ${sql.raw(table)} (${sql.raw(names)}) select ${sql.raw(names)}
    from ${recordsOf(rows, columns)} with ordinality order by ordinality`;
}

function recordsOf(
  rows: readonly object[],
  columns: Readonly<Record<string, string>>,
): RawBuilder<unknown> {
  const list = Object.entries(columns).map(([name, type]) => `${name} ${type}`);
  return sql`rows from (json_to_recordset(${JSON.stringify(rows)}::json)
    as (${sql.raw(list.join(', '))}))`;
}
