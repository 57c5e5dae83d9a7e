import { sql, type RawBuilder } from 'kysely';
import type { Tx } from '../../db/transaction';
import type { Reach } from '../../domain/events/reach';

/** What may have changed of a customer. */
export interface CustomerChange {
  /** Whether segments look at it. */
  readonly urgent: boolean;
  /** What it makes them enter or leave is told so far. */
  readonly reach: Reach;
}

/** The further of two reaches: news among history is news. */
export function further(a: Reach, b: Reach): Reach {
  return REACHES.find((reach) => reach === a || reach === b) ?? a;
}

/** From far to near. */
const REACHES: readonly Reach[] = ['everything', 'running', 'nothing'];

/**
 * The insertion that leaves a row for each customer whose profile or segments may have changed. It
 * only ever adds rows, so that it waits for nobody, and goes with the statement that stores events.
 *
 * @param changes each customer with whether segments look at the change, and how far it reaches
 */
export function changeInsertion(
  changes: ReadonlyMap<string, CustomerChange>,
  now: Date,
): RawBuilder<unknown> {
  return sql`
    insert into customer_changes (customer_id, urgent, reach, at)
    select customer_id, urgent, reach, ${now}
    from unnest(
      ${[...changes.keys()]}::text[],
      ${[...changes.values()].map(({ urgent }) => urgent)}::boolean[],
      ${[...changes.values()].map(({ reach }) => reach)}::text[]) as c (customer_id, urgent, reach)`;
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
  const change: CustomerChange = { urgent: true, reach: 'everything' };
  await changeInsertion(new Map(customerIds.map((id) => [id, change])), now).execute(tx);
}
