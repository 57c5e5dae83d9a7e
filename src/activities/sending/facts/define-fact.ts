import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import type { CurrentCustomer } from '../../../db/current-customer';
import type { SendInput } from '../../../journey/engine-activities';

/** What the facts of one decision are about. */
export interface Subject {
  readonly input: SendInput;
  readonly customer: CurrentCustomer;
  /** The customer's addresses in lower case and their keyed hashes, as suppressions are keyed. */
  readonly addressKeys: readonly string[];
  /** Marketing messages that were decided after this moment count for caps. */
  readonly countedSince: Date;
}

/** One value that decisions read: a fragment of the statement that reads all of them. */
export interface Fact<T> {
  /** An expression that yields one value, of JSON or text. */
  sql(subject: Subject): RawBuilder<unknown>;
  /** What the value looks like; checked for each decision. */
  readonly schema: z.ZodType<T>;
}

/** Types a fact. */
export function defineFact<T>(fact: Fact<T>): Fact<T> {
  return fact;
}

/** A JSON array of the rows of a query, `[]` where there are none. */
export function jsonRows(rows: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select coalesce(jsonb_agg(to_jsonb(r)), '[]') from (${rows}) r)`;
}

/** A JSON object of the engine's or the application's making, which is not checked any deeper. */
export const jsonObject = z.custom<Readonly<Record<string, never>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
