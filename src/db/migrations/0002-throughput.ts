import type { Kysely } from 'kysely';
import { sql } from 'kysely';

/**
 * What keeps an event cheap. An index by which routing finds open goals without reading a customer's
 * past enrollments. Places in the order of events that come from a sequence, so that an event that
 * no journey wants need not change its customer's row; and the names that journeys have asked for
 * say which events those are.
 */
const statements = [
  `create index enrollments_open_goals on enrollments (customer_id, goal_until)
    where status <> 'active' and goal_reached_at is null and goal_until is not null`,
  `create sequence event_blocks`,
  // After every place that was given by the customers' own counters.
  `select setval('event_blocks', coalesce(max(event_seq), 0) / 10000 + 1) from customers`,
  `alter table customers drop column event_seq`,
  `create table event_subscriptions (name text primary key)`,
  `insert into event_subscriptions (name)
    select distinct name from enrollments cross join unnest(listens) as name
    where name not like 'trait:%'`,
];

export const throughput = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
