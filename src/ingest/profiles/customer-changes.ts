import { sql, type RawBuilder } from 'kysely';
import type { Tx } from '../../db/transaction';

/**
 * The insertion that leaves a row for each customer whose profile or segments may have changed. It
 * only ever adds rows, so that it waits for nobody, and goes with the statement that stores events.
 *
 * @param changes each customer with whether segments look at the change
 */
export function changeInsertion(
  changes: ReadonlyMap<string, boolean>,
  now: Date,
): RawBuilder<unknown> {
  return sql`
    insert into customer_changes (customer_id, urgent, at)
    select customer_id, urgent, ${now}
    from unnest(${[...changes.keys()]}::text[], ${[...changes.values()]}::boolean[])
      as c (customer_id, urgent)`;
}

/**
 * Says that something about these customers changed that no event tells of: they were merged, what
 * is predicted of them was written, their rows were mended. Their profiles are computed anew.
 */
export async function leaveChanges(
  tx: Tx,
  customerIds: readonly string[],
  now: Date,
): Promise<void> {
  if (customerIds.length === 0) return;
  await changeInsertion(new Map(customerIds.map((id) => [id, true])), now).execute(tx);
}
