import { prepared } from '../db/sql/prepared';
import type { Tx } from '../db/transaction';
import type { RoutableEnrollment } from './route-event';

/**
 * The enrollments of some customers that an event can concern: the active ones, and those that ended
 * before their goal was reached and whose goal window is open. Both are found by partial indexes, so
 * a customer's other past enrollments cost nothing.
 */
export async function routableEnrollments(
  tx: Tx,
  customerIds: readonly string[],
  now: Date,
): Promise<Map<string, RoutableEnrollment[]>> {
  const byCustomer = new Map<string, RoutableEnrollment[]>();
  if (customerIds.length === 0) return byCustomer;
  const { rows } = await prepared<{
    id: string;
    customer_id: string;
    journey: string;
    key: string;
    active: boolean;
    subscriptions: string[];
    goal_until: Date | null;
    goal_reached: boolean;
  }>`select e.* from unnest(${customerIds}::text[]) as c (id)
    cross join lateral (
      select id, customer_id, journey, key, true as active, subscriptions, goal_until,
        goal_reached_at is not null as goal_reached
      from enrollments where customer_id = c.id and status = 'active'
      union all
      select id, customer_id, journey, key, false, subscriptions, goal_until, false
      from enrollments where customer_id = c.id and status <> 'active'
        and goal_reached_at is null and goal_until >= ${now}) e
    order by e.id`.execute(tx);
  for (const row of rows) {
    const list = byCustomer.get(row.customer_id) ?? [];
    list.push({
      id: row.id,
      journey: row.journey,
      key: row.key,
      active: row.active,
      subscriptions: row.subscriptions,
      goalUntil: row.goal_until,
      goalReached: row.goal_reached,
    });
    byCustomer.set(row.customer_id, list);
  }
  return byCustomer;
}
