/** Tasks for people, created by journeys. */
export const tasks: readonly string[] = [
  `create table tasks (
    id text primary key,
    customer_id text not null references customers (id),
    enrollment_id text not null references enrollments (id),
    journey text not null,
    kind text not null,
    title text not null,
    details jsonb not null,
    status text not null,
    assignee text,
    outcome text,
    notes text,
    due_at timestamptz,
    created_at timestamptz not null,
    claimed_at timestamptz,
    completed_at timestamptz
  )`,
  `create index tasks_open on tasks (status, id)`,
  `create index tasks_customer on tasks (customer_id, id)`,
];
