import { sql } from 'kysely';
import type { Db } from '../../transaction';

export interface PurchasesAfterIntent {
  readonly heldOut: boolean;
  readonly customers: number;
  /** Customers who completed an order within the window. */
  readonly purchased: number;
}

/**
 * Counts the customers whom a journey intended to contact, and those who purchased afterwards. The
 * first intent counts, for the holdout as for the others, so that the groups can be compared.
 */
export async function countPurchasesAfterIntent(
  db: Db,
  journey: string,
  windowMs: number,
): Promise<readonly PurchasesAfterIntent[]> {
  const { rows } = await sql<PurchasesAfterIntent>`
    with intents as (
      select distinct on (customer_id) customer_id, decided_at, outcome <> 'send' as held_out
      from decisions
      where journey = ${journey} and (outcome = 'send' or reason = 'holdout')
      order by customer_id, decided_at
    )
    select i.held_out as "heldOut", count(*) as customers,
      count(*) filter (where exists (
        select from orders o
        where o.customer_id = i.customer_id and o.completed_at > i.decided_at
          and o.completed_at <= i.decided_at
            + ${windowMs}::double precision * interval '1 millisecond')) as purchased
    from intents i group by 1 order by 1`.execute(db);
  return rows;
}
