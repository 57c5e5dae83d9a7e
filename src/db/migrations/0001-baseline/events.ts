/**
 * Events, partitioned by the month in which they were received, so that old months can be dropped.
 * `event_ids` is a table of its own because a unique key of a partitioned table has to contain the
 * partition key, and a messageId may be repeated in another month.
 *
 * Sequence numbers come from a sequence rather than from a counter in the customer's row, so that
 * an event that no journey subscribes to does not update that row. `event_subscriptions` holds the
 * event names that running journeys subscribe to beyond those they declare.
 */
export const events: readonly string[] = [
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
  // Segments query how often and when a customer did something, by name and time of occurrence.
  `create index events_customer_name on events (customer_id, name, occurred_at)`,
  `create sequence event_sequence_blocks`,
  `create table event_subscriptions (name text primary key)`,
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
  `create index quarantined_events_user on quarantined_events ((payload ->> 'userId'))`,
  `create index quarantined_events_anonymous on quarantined_events ((payload ->> 'anonymousId'))`,
  // Totals of the months of events that were dropped.
  `create table event_totals (
    month date not null,
    name text not null,
    type text not null,
    events bigint not null,
    customers bigint not null,
    primary key (month, name, type)
  )`,
];
