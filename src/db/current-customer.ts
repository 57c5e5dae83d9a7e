import { prepared } from './sql/prepared';
import type { JsonObject } from '../domain/json';
import type { Db, Tx } from './transaction';

/** A customer's row as it stands under its lock. */
export interface CurrentCustomer {
  readonly id: string;
  readonly traits: JsonObject;
  readonly timeZone: string | null;
  readonly locale: string | null;
}

/**
 * Locks the row of the customer whom an id stands for now: whoever was merged into another one leads
 * there. Running journeys and links in messages go on naming the customer they began with.
 *
 * @returns undefined where the id is nobody's any more, after an erasure
 */
export async function lockCurrentCustomer(
  tx: Tx,
  id: string,
): Promise<CurrentCustomer | undefined> {
  for (let named = id; ;) {
    const { rows } = await prepared<{
      id: string;
      traits: JsonObject;
      time_zone: string | null;
      locale: string | null;
      merged_into: string | null;
    }>`select id, traits, time_zone, locale, merged_into from customers
      where id = ${named} for no key update`.execute(tx);
    const [row] = rows;
    if (row === undefined) return undefined;
    if (row.merged_into === null) {
      return { id: row.id, traits: row.traits, timeZone: row.time_zone, locale: row.locale };
    }
    // What is left of a customer who was erased leads to itself.
    if (row.merged_into === row.id) return undefined;
    named = row.merged_into;
  }
}

/** The customers whom some ids stand for now; those that are nobody's are left out. */
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

/** The customer whom an id stands for now; undefined where it is nobody's any more. */
export async function currentCustomer(db: Db, id: string): Promise<string | undefined> {
  const { rows } = await prepared<{
    id: string | null;
  }>`select current_customer(${id}) as id`.execute(db);
  return rows[0]?.id ?? undefined;
}
