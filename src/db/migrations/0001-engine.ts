import type { Kysely } from 'kysely';
import { sql } from 'kysely';

/**
 * The engine's tables. Every table that the hot path reads carries `customer_id` and is indexed by
 * it, so that it can be sharded by it; `events` is partitioned by the month it was received in, so
 * that old months can be dropped. `event_ids` stands apart because a unique key of a partitioned
 * table would have to contain the month, and a repeated messageId may come in another month.
 */
const statements = [
  `create table customers (
    id text primary key,
    traits jsonb not null default '{}',
    time_zone text,
    locale text,
    event_seq bigint not null default 0,
    merged_into text references customers (id),
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  `create index customers_email on customers (lower(traits->>'email'))`,
  `create table identifiers (
    kind text not null,
    value text not null,
    customer_id text not null references customers (id),
    created_at timestamptz not null,
    primary key (kind, value)
  )`,
  `create index identifiers_customer on identifiers (customer_id)`,
  `create table event_ids (
    message_id text primary key,
    event_id text not null,
    received_at timestamptz not null
  )`,
  `create table events (
    id text not null,
    customer_id text,
    seq bigint,
    message_id text not null,
    type text not null,
    name text not null,
    properties jsonb not null,
    context jsonb not null,
    about_message_id text,
    occurred_at timestamptz not null,
    received_at timestamptz not null,
    primary key (id, received_at)
  ) partition by range (received_at)`,
  `create index events_customer on events (customer_id, seq)`,
  `create table quarantined_events (
    id text primary key,
    message_id text,
    type text not null,
    payload jsonb not null,
    reason text not null,
    received_at timestamptz not null,
    replayed_at timestamptz
  )`,
  `create index quarantined_events_open on quarantined_events (id) where replayed_at is null`,
  `create unique index quarantined_events_message on quarantined_events (message_id)
    where replayed_at is null`,
  `create table enrollments (
    id text primary key,
    customer_id text not null references customers (id),
    journey text not null,
    key text not null,
    status text not null,
    end_reason text,
    trigger_event_id text,
    listens text[] not null,
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
  `create table outbox (
    id bigint generated always as identity primary key,
    lane smallint not null,
    customer_id text not null,
    enrollment_id text not null,
    workflow_type text not null,
    kind text not null,
    payload jsonb not null,
    created_at timestamptz not null,
    available_at timestamptz not null,
    attempts integer not null default 0,
    last_error text,
    dead_lettered_at timestamptz
  )`,
  `create index outbox_ready on outbox (lane, id) where dead_lettered_at is null`,
  `create index outbox_enrollment on outbox (enrollment_id)`,
  `create table relay_lanes (
    lane smallint primary key,
    owner text,
    leased_until timestamptz
  )`,
  `create table relays (owner text primary key, seen_until timestamptz not null)`,
  `insert into relay_lanes (lane) select generate_series(0, 31)`,
  `create table consents (
    customer_id text not null references customers (id),
    channel text not null,
    purpose text not null,
    state text not null,
    at timestamptz not null,
    primary key (customer_id, channel, purpose)
  )`,
  `create table consent_ledger (
    id text primary key,
    customer_id text not null references customers (id),
    channel text not null,
    purpose text not null,
    state text not null,
    source text not null,
    proof jsonb not null,
    at timestamptz not null
  )`,
  `create index consent_ledger_customer on consent_ledger (customer_id, id)`,
  `create table suppressions (
    channel text not null,
    address text not null,
    reason text not null,
    message_id text,
    at timestamptz not null,
    primary key (channel, address)
  )`,
  `create table decisions (
    id text primary key,
    customer_id text not null references customers (id),
    enrollment_id text not null references enrollments (id),
    journey text not null,
    step integer not null,
    template text not null,
    purpose text not null,
    priority text not null,
    outcome text not null,
    reason text not null,
    channel text,
    candidates jsonb not null,
    basis jsonb not null,
    variant jsonb not null,
    tags text[] not null,
    cost double precision,
    value double precision,
    probability double precision,
    deferrals jsonb not null,
    next_at timestamptz,
    first_at timestamptz not null,
    decided_at timestamptz not null
  )`,
  `create index decisions_customer on decisions (customer_id, first_at)`,
  `create index decisions_enrollment on decisions (enrollment_id)`,
  `create table messages (
    id text primary key,
    decision_id text not null unique references decisions (id),
    customer_id text not null references customers (id),
    enrollment_id text not null references enrollments (id),
    journey text not null,
    step integer not null,
    template text not null,
    variant jsonb not null,
    tags text[] not null,
    purpose text not null,
    channel text not null,
    provider text,
    address text not null,
    content jsonb not null,
    status text not null,
    attempts integer not null default 0,
    provider_message_id text,
    error text,
    cost double precision not null,
    repeated boolean not null default false,
    decided_at timestamptz not null,
    sent_at timestamptz,
    delivered_at timestamptz,
    opened_at timestamptz,
    clicked_at timestamptz
  )`,
  `create index messages_customer on messages (customer_id, decided_at)`,
  `create table delivery_attempts (
    message_id text not null references messages (id),
    attempt integer not null,
    provider text not null,
    worker text not null,
    repeat boolean not null,
    started_at timestamptz not null,
    ended_at timestamptz,
    outcome text,
    response text,
    primary key (message_id, attempt)
  )`,
  `create table inbox_items (
    id text primary key,
    customer_id text not null references customers (id),
    title text not null,
    body text not null,
    url text,
    created_at timestamptz not null,
    read_at timestamptz
  )`,
  `create index inbox_items_customer on inbox_items (customer_id, created_at)`,
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
  `create table assignments (
    customer_id text not null references customers (id),
    experiment text not null,
    arm text not null,
    propensity double precision not null,
    hash_version smallint not null,
    assigned_at timestamptz not null,
    enrollment_id text,
    journey text,
    primary key (customer_id, experiment)
  )`,
];

export const engine = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
