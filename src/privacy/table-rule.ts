import { sql, type RawBuilder } from 'kysely';
import type { Database } from '../db/schema';

/** What an erasure puts in the place of a customer. */
export interface Substitute {
  /** The random id that stands for the customer in rows that stay. */
  readonly pseudonym: string;
  /** The person's own words: identifiers, addresses, names. Lower case. */
  readonly strings: readonly string[];
  /** Names of events that would name the person. */
  readonly names: readonly string[];
  readonly now: Date;
}

export type Value = (substitute: Substitute) => RawBuilder<unknown>;

/** What becomes of one column of a row that stays: it stays too, or gets a value. */
export type ColumnRule = 'stays' | Value;

export interface Found {
  /** The rows of customers, by the ids of these; by `customer_id` where nothing else is said. */
  readonly of?: (customers: readonly string[]) => RawBuilder<boolean>;
  /** What orders a customer's rows and is unique among them. */
  readonly key: readonly [string, ...string[]];
  /** False for what tells the customer nothing, such as keys. */
  readonly exported?: false;
}

export type TableRule<T extends keyof Database> = Found &
  (
    | { readonly erasure: 'delete' }
    | { readonly erasure: { readonly [Column in keyof Database[T]]: ColumnRule } }
    /** The erasure itself knows what to do. */
    | { readonly erasure: 'by hand' }
  );

export const pseudonym: Value = (substitute) => sql`${substitute.pseudonym}`;
export const nothing: Value = () => sql`null`;
export const emptyText: Value = () => sql`''`;
export const emptyObject: Value = () => sql`'{}'::jsonb`;
