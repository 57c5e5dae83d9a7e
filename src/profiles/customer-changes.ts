import { sql, type RawBuilder } from 'kysely';
import type { Tx } from '../db/transaction';
import type { RoutingScope } from '../domain/events/routing-scope';

/** What may have changed of a customer. */
export interface CustomerChange {
  /** Whether segments look at it. */
  readonly urgent: boolean;
  /** What it makes them enter or leave is told so far. */
  readonly scope: RoutingScope;
}

/** The widest of two scopes: news among history is news. */
export function widest(a: RoutingScope, b: RoutingScope): RoutingScope {
  return ROUTING_SCOPES.find((scope) => scope === a || scope === b) ?? a;
}

/** From far to near. */
const ROUTING_SCOPES: readonly RoutingScope[] = ['all', 'active', 'none'];

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
    insert into customer_changes (customer_id, urgent, scope, at)
    select customer_id, urgent, scope, ${now}
    from unnest(
      ${[...changes.keys()]}::text[],
      ${[...changes.values()].map(({ urgent }) => urgent)}::boolean[],
      ${[...changes.values()].map(({ scope }) => scope)}::text[]) as c (customer_id, urgent, scope)`;
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
  const change: CustomerChange = { urgent: true, scope: 'all' };
  await changeInsertion(new Map(customerIds.map((id) => [id, change])), now).execute(tx);
}
