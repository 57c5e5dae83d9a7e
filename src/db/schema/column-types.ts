import type { ColumnType, JSONColumnType } from 'kysely';
import type { Json } from '../../domain/json';

/** A jsonb column: read as a parsed value, written as text made by `toJsonb`. */
export type Jsonb<T extends object | null> = JSONColumnType<T, string | null, string | null>;
export type Time = ColumnType<Date, Date, Date>;
export type MaybeTime = ColumnType<Date | null, Date | null | undefined, Date | null>;

/** Serialises a value for a jsonb column; pg would write an array as a Postgres array. */
export function toJsonb(value: Json | object): string {
  return JSON.stringify(value);
}
