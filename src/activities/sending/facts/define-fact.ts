import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import type { CurrentCustomer } from '../../../db/current-customer';
import type { SendInput } from '../../../journey/engine-activities';

/** The subject of the facts of one decision. */
export interface Subject {
  readonly input: SendInput;
  readonly customer: CurrentCustomer;
  /** The customer's addresses in lower case and their keyed hashes, the keys of suppressions. */
  readonly addressKeys: readonly string[];
  /** Marketing messages decided after this time count towards caps. */
  readonly countedSince: Date;
}

/** A value that decisions use, and the SQL expression that reads it. */
export interface Fact<T> {
  /** An expression that returns one value, JSON or text. */
  sql(subject: Subject): RawBuilder<unknown>;
  /** The schema of the value, checked for each decision. */
  readonly schema: z.ZodType<T>;
}

/** Infers the type of a fact. */
export function defineFact<T>(fact: Fact<T>): Fact<T> {
  return fact;
}

/** A JSON array of the rows of a query, `[]` if there are none. */
export function jsonRows(rows: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select coalesce(jsonb_agg(to_jsonb(r)), '[]') from (${rows}) r)`;
}

/** A JSON object whose properties are not validated. */
export const jsonObject = z.custom<Readonly<Record<string, never>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
