import type { Kysely } from 'kysely';
import { sql } from 'kysely';

/**
 * Indexes that keep the cost of an event flat: routing finds open goals without reading a
 * customer's past enrollments, and the door finds the oldest row of the outbox that is due.
 */
const statements = [
  `create index enrollments_open_goals on enrollments (customer_id, goal_until)
    where status <> 'active' and goal_reached_at is null and goal_until is not null`,
  `create index outbox_due on outbox (available_at) where parked_at is null`,
];

export const throughput = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
