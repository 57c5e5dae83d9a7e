import { prepared } from './sql/prepared';
import type { JsonObject } from '../domain/json';
import type { Db, Tx } from './transaction';

/** A customer's row, read under its lock. */
export interface CurrentCustomer {
  readonly id: string;
  readonly traits: JsonObject;
  readonly timeZone: string | null;
  readonly locale: string | null;
}

/**
 * Locks the row of the customer that an id now refers to, following merges: running journeys and
 * links in messages keep the id of the customer they began with.
 *
 * @returns undefined if the customer was erased or never existed
 */
export async function lockCurrentCustomer(
  tx: Tx,
  id: string,
): Promise<CurrentCustomer | undefined> {
  for (let currentId = id; ;) {
    const { rows } = await prepared<{
      id: string;
      traits: JsonObject;
      time_zone: string | null;
      locale: string | null;
      merged_into: string | null;
    }>`select id, traits, time_zone, locale, merged_into from customers
      where id = ${currentId} for no key update`.execute(tx);
    const [row] = rows;
    if (row === undefined) return undefined;
    if (row.merged_into === null) {
      return { id: row.id, traits: row.traits, timeZone: row.time_zone, locale: row.locale };
    }
    // The row of an erased customer is merged into itself.
    if (row.merged_into === row.id) return undefined;
    currentId = row.merged_into;
  }
}

/** The customers that some ids now refer to; ids of erased or unknown customers are left out. */
export async function currentCustomers(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await prepared<{
    id: string;
    current: string | null;
  }>`select id, current_customer(id) as current
    from unnest(${[...new Set(ids)]}::text[]) as id`.execute(db);
  return new Map(
    rows.flatMap(({ id, current }) => (current === null ? [] : [[id, current] as const])),
  );
}

/** The customer that an id now refers to; undefined if they were erased or never existed. */
export async function currentCustomer(db: Db, id: string): Promise<string | undefined> {
  const { rows } = await prepared<{
    id: string | null;
  }>`select current_customer(${id}) as id`.execute(db);
  return rows[0]?.id ?? undefined;
}
