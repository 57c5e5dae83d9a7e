import type { Kysely } from 'kysely';
import { sql } from 'kysely';

/**
 * What the rights of a person need. A customer who was erased leaves a row that says nothing but
 * when they came, under a random id that the rows point to which have to stay; it is merged into
 * itself, so that whatever passes over merged customers passes over it.
 */
const statements = [
  `alter table customers add column erased_at timestamptz`,
  `create table privacy_requests (
    id text primary key,
    customer_id text not null,
    kind text not null,
    source text not null,
    status text not null default 'open',
    requested_at timestamptz not null,
    done_at timestamptz,
    result jsonb not null default '{}'
  )`,
  `create index privacy_requests_customer on privacy_requests (customer_id)`,
  `create index privacy_requests_open on privacy_requests (requested_at)
    where status <> 'done'`,
  // An opt-out outlives the person's data: as a keyed hash of the address.
  `create table erased_opt_outs (
    address_hash text not null,
    channel text not null,
    purpose text not null,
    at timestamptz not null,
    primary key (address_hash, channel, purpose)
  )`,
  `create table audit_log (
    id text primary key,
    at timestamptz not null,
    actor text not null,
    role text not null,
    action text not null,
    customer_id text,
    detail jsonb not null default '{}'
  )`,
  `create index audit_log_customer on audit_log (customer_id, id)`,
  // The key under which an enrollment's payloads are kept in Temporal, wrapped by a master key.
  `create table payload_keys (
    enrollment_id text primary key references enrollments (id),
    wrapped text not null,
    created_at timestamptz not null
  )`,
  `create table retention_runs (
    id text primary key,
    at timestamptz not null,
    kind text not null,
    until timestamptz not null,
    detail jsonb not null
  )`,
  `create index retention_runs_kind on retention_runs (kind, id)`,
  // What stays of months of events that were dropped.
  `create table event_totals (
    month date not null,
    name text not null,
    type text not null,
    events bigint not null,
    customers bigint not null,
    primary key (month, name, type)
  )`,
  // HMAC-SHA256 (RFC 2104) with the key's two padded blocks, since Postgres itself only has SHA-256.
  `create function keyed_hash(inner_block bytea, outer_block bytea, value text) returns text
    language sql immutable parallel safe as $$
      select encode(sha256(outer_block || sha256(inner_block || convert_to(value, 'UTF8'))), 'hex')
    $$`,
  `create index quarantined_events_user on quarantined_events ((payload ->> 'userId'))`,
  `create index quarantined_events_anonymous on quarantined_events ((payload ->> 'anonymousId'))`,
  // Whom a customer's id stands for: what is left of an erased customer leads to itself, and is nobody.
  `create or replace function current_customer(given text) returns text language plpgsql stable as $$
    declare
      at text := given;
      leads_to text;
    begin
      loop
        select merged_into into leads_to from customers where id = at;
        if not found or leads_to = at then return null; end if;
        if leads_to is null then return at; end if;
        at := leads_to;
      end loop;
    end $$`,
  // Messages are written in the order of time, so an index of a few pages finds the old ones.
  `create index messages_decided on messages using brin (decided_at)`,
  `create index inbox_items_created on inbox_items using brin (created_at)`,
];

export const privacy = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
