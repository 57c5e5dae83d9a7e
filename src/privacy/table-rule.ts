import { sql, type RawBuilder } from 'kysely';
import type { Database } from '../db/schema';

/** What an erasure replaces a customer with. */
export interface Substitute {
  /** The random id that replaces the customer's in the remaining rows. */
  readonly pseudonym: string;
  /** The person's PII terms: identifiers, addresses, names. Lower case. */
  readonly strings: readonly string[];
  /** Names of events that contain personal data. */
  readonly names: readonly string[];
  readonly now: Date;
}

export type Value = (substitute: Substitute) => RawBuilder<unknown>;

/** What an erasure does to a column of a remaining row: keep it, or set a value. */
export type ColumnRule = 'stays' | Value;

export interface Found {
  /** The condition for the rows of customers, by their ids; by default on `customer_id`. */
  readonly of?: (customers: readonly string[]) => RawBuilder<boolean>;
  /** The columns that order a customer's rows, unique among them. */
  readonly key: readonly [string, ...string[]];
  /** False for what is meaningless to the customer, such as keys. */
  readonly exported?: false;
}

export type TableRule<T extends keyof Database> = Found &
  (
    | { readonly erasure: 'delete' }
    | { readonly erasure: { readonly [Column in keyof Database[T]]: ColumnRule } }
    /** The erasure has its own code for it. */
    | { readonly erasure: 'by hand' }
  );

export const pseudonym: Value = (substitute) => sql`${substitute.pseudonym}`;
export const nothing: Value = () => sql`null`;
export const emptyText: Value = () => sql`''`;
export const emptyObject: Value = () => sql`'{}'::jsonb`;
