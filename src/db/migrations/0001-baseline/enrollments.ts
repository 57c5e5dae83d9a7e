/** Enrollments, refused entries and the state of each journey's start limit. */
export const enrollments: readonly string[] = [
  `create table enrollments (
    id text primary key,
    customer_id text not null references customers (id),
    journey text not null,
    key text not null,
    status text not null,
    end_reason text,
    trigger_event_id text,
    subscriptions text[] not null,
    holdout boolean not null,
    priority smallint not null,
    entered_at timestamptz not null,
    entered_seq bigint not null,
    starts_at timestamptz not null,
    goal_until timestamptz,
    goal_reached_at timestamptz,
    goal_event_id text,
    paused_at timestamptz,
    ended_at timestamptz
  )`,
  `create unique index enrollments_once on enrollments (customer_id, journey, key)
    where status = 'active'`,
  `create index enrollments_customer on enrollments (customer_id, journey, key, entered_at)`,
  `create index enrollments_running on enrollments (journey, id) where status = 'active'`,
  // Lets routing find open goals without reading a customer's past enrollments.
  `create index enrollments_open_goals on enrollments (customer_id, goal_until)
    where status <> 'active' and goal_reached_at is null and goal_until is not null`,
  `create table entry_refusals (
    id text primary key,
    customer_id text not null,
    journey text not null,
    key text not null,
    event_id text,
    reason text not null,
    opens_at timestamptz,
    at timestamptz not null
  )`,
  `create index entry_refusals_customer on entry_refusals (customer_id, at)`,
  `create table journeys (
    name text primary key,
    next_slot_at timestamptz
  )`,
];
