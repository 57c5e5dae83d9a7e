/** Decisions, messages, delivery attempts, suppressed addresses and replies. */
export const messages: readonly string[] = [
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
    policy_version text,
    variant jsonb not null,
    tags text[] not null,
    cost double precision,
    value double precision,
    probability double precision,
    country text,
    deferrals jsonb not null,
    next_at timestamptz,
    first_at timestamptz not null,
    decided_at timestamptz not null
  )`,
  `create index decisions_customer on decisions (customer_id, first_at)`,
  `create index decisions_enrollment on decisions (enrollment_id)`,
  `create table policies (
    version text primary key,
    policy jsonb not null,
    stored_at timestamptz not null
  )`,
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
    country text,
    repeated boolean not null default false,
    decided_at timestamptz not null,
    sent_at timestamptz,
    delivered_at timestamptz,
    opened_at timestamptz,
    clicked_at timestamptz
  )`,
  // Finds the message that a provider reports on by its own id.
  `create index messages_provider on messages (provider, provider_message_id)
    where provider_message_id is not null`,
  `create index messages_customer on messages (customer_id, decided_at)`,
  // Finds other customers who got a message at the same address.
  `create index messages_address on messages (lower(address), decided_at)
    where purpose <> 'transactional'`,
  // Rows are appended in time order, so a small BRIN index finds the old ones.
  `create index messages_decided on messages using brin (decided_at)`,
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
  `create table suppressions (
    channel text not null,
    address text not null,
    reason text not null,
    message_id text,
    at timestamptz not null,
    primary key (channel, address)
  )`,
  `create table soft_bounces (
    message_id text primary key,
    customer_id text not null,
    channel text not null,
    address text not null,
    at timestamptz not null
  )`,
  `create index soft_bounces_address on soft_bounces (channel, address)`,
  `create index soft_bounces_customer on soft_bounces (customer_id)`,
  `create table inbound_messages (
    channel text not null,
    id text not null,
    answer jsonb not null,
    received_at timestamptz not null,
    primary key (channel, id)
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
  `create index inbox_items_created on inbox_items using brin (created_at)`,
];
