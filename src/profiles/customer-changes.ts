import { sql, type RawBuilder } from 'kysely';
import type { Tx } from '../db/transaction';
import type { RoutingScope } from '../domain/events/routing-scope';

/** A queued recomputation of one customer. */
export interface CustomerChange {
  /** Whether a segment depends on the change. */
  readonly urgent: boolean;
  /** How far the resulting segment events are routed. */
  readonly scope: RoutingScope;
}

/** The wider of two scopes: a live event among imported history makes the batch live. */
export function widest(a: RoutingScope, b: RoutingScope): RoutingScope {
  return ROUTING_SCOPES.find((scope) => scope === a || scope === b) ?? a;
}

/** From the widest to the narrowest. */
const ROUTING_SCOPES: readonly RoutingScope[] = ['all', 'active', 'none'];

/**
 * The insertion of one queue row for each customer whose profile or segments may have changed. It
 * only adds rows, so it never waits for a lock, and runs in the statement that stores the events.
 *
 * @param changes by customer id
 */
export function changeInsertion(
  changes: ReadonlyMap<string, CustomerChange>,
  now: Date,
): RawBuilder<unknown> {
  return sql`
    insert into customer_changes (customer_id, urgent, scope, at)
    select customer_id, urgent, scope, ${now}
    from unnest(
      ${[...changes.keys()]}::text[],
      ${[...changes.values()].map(({ urgent }) => urgent)}::boolean[],
      ${[...changes.values()].map(({ scope }) => scope)}::text[]) as c (customer_id, urgent, scope)`;
}

/**
 * Queues customers for recomputation after a change that no event represents: a merge, a new
 * prediction, a repaired row.
 */
export async function enqueueChanges(
  tx: Tx,
  customerIds: readonly string[],
  now: Date,
): Promise<void> {
  if (customerIds.length === 0) return;
  const change: CustomerChange = { urgent: true, scope: 'all' };
  await changeInsertion(new Map(customerIds.map((id) => [id, change])), now).execute(tx);
}
