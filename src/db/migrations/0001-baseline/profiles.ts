import { IN_INDEX_ORDER } from './index-order';

/**
 * Computed profiles and segment membership.
 *
 * These tables have no foreign key to `customers`: whoever records a change must not lock its
 * customer. `customer_changes` is a queue: transactions that store events only insert into it and
 * the profile projector only deletes from it, so storing an event never waits for the projector.
 */
export const profiles: readonly string[] = [
  `create table customer_changes (
    id bigint generated always as identity primary key,
    customer_id text not null,
    urgent boolean not null,
    scope text not null,
    at timestamptz not null,
    error text
  )`,
  `create index customer_changes_urgent on customer_changes (id) where urgent and error is null`,
  `create index customer_changes_deferred on customer_changes (id)
    where not urgent and error is null`,
  // All pending changes of a customer are processed together, however many rows there are.
  `create index customer_changes_customer on customer_changes (customer_id) where error is null`,
  `create table profiles (
    customer_id text primary key,
    computed jsonb not null default '{}',
    lifecycle text,
    mood jsonb,
    context jsonb not null default '{}',
    computed_at timestamptz,
    recompute_at timestamptz
  )`,
  `create index profiles_recompute on profiles (recompute_at) where recompute_at is not null`,
  `create table predictions (
    customer_id text not null,
    name text not null,
    value double precision not null,
    at timestamptz not null,
    primary key (customer_id, name)
  )`,
  `create table segments (
    name text primary key,
    hash text not null,
    defined_at timestamptz not null,
    filled_at timestamptz
  )`,
  `create table segment_members (
    customer_id text not null,
    segment text not null,
    entered_at timestamptz not null,
    primary key (customer_id, segment)
  )`,
  `create index segment_members_segment
    on segment_members (segment, entered_at, customer_id collate "C")`,
  // A single row: the definitions in force and how far the backfill has come.
  `create table segment_backfill (
    id smallint primary key default 1 check (id = 1),
    definitions text not null,
    cursor text not null,
    backfilled_at timestamptz
  )`,
  // Takes the oldest changes, if the caller's definitions are the ones in force.
  `create function take_customer_changes(expected_definitions text, only_urgent boolean, max_customers integer)
    returns table (id bigint, "customerId" text, scope text)
    language plpgsql ${IN_INDEX_ORDER} as $$ begin
      if not exists (select from segment_backfill b where b.definitions = expected_definitions) then return; end if;
      if only_urgent then
        return query delete from customer_changes d where d.id = any(array(
            select w.id from customer_changes w
            where w.error is null and w.customer_id = any(array(
              select f.customer_id from (
                select c.customer_id from customer_changes c where c.urgent and c.error is null
                order by c.id limit max_customers for update skip locked) f))
            limit 50 * max_customers for update skip locked))
          returning d.id, d.customer_id, d.scope;
      else
        return query delete from customer_changes d where d.id = any(array(
            select w.id from customer_changes w
            where w.error is null and w.customer_id = any(array(
              select f.customer_id from (
                select c.customer_id from customer_changes c where not c.urgent and c.error is null
                order by c.id limit max_customers for update skip locked) f))
            limit 50 * max_customers for update skip locked))
          returning d.id, d.customer_id, d.scope;
      end if;
    end $$`,
  `create function take_due_profiles(expected_definitions text, due_at timestamptz, max_rows integer)
    returns table ("customerId" text) language plpgsql ${IN_INDEX_ORDER} as $$ begin
      return query select p.customer_id from profiles p
        where p.recompute_at <= due_at
          and exists (select from segment_backfill b where b.definitions = expected_definitions)
        order by p.recompute_at limit max_rows for update skip locked;
    end $$`,
  `create function pending_profile_work(expected_definitions text, due_at timestamptz)
    returns table (urgent boolean, deferred boolean, due boolean, backfill boolean)
    language plpgsql stable ${IN_INDEX_ORDER} as $$ begin
      return query select
        exists (select from customer_changes c where c.urgent and c.error is null),
        exists (select from customer_changes c where not c.urgent and c.error is null),
        exists (select from profiles p where p.recompute_at <= due_at),
        b.backfilled_at is null
      from segment_backfill b where b.definitions = expected_definitions;
    end $$`,
  // A timestamp in a trait or a property: milliseconds since 1970 or ISO 8601, in UTC unless it has
  // an offset; null for any other value.
  `create function parse_timestamp(value jsonb) returns timestamptz
    language plpgsql stable set timezone = 'UTC' as $$
    declare text_value text := value #>> '{}';
    begin
      if jsonb_typeof(value) = 'number' then
        return case when abs(text_value::numeric) < 2e14 then to_timestamp(text_value::numeric / 1000) end;
      end if;
      if jsonb_typeof(value) = 'string'
        and text_value ~ '^\\d{4}-\\d{2}-\\d{2}([T ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[+-]\\d{2}(:?\\d{2})?)?)?$'
        and pg_input_is_valid(text_value, 'timestamptz') then
        return text_value::timestamptz;
      end if;
      return null;
    end $$`,
  // UTC for a time zone that Postgres does not know.
  `create function zone_or_utc(zone text) returns text language plpgsql stable as $$
    begin
      if zone is null then return 'UTC'; end if;
      perform timestamptz 'epoch' at time zone zone;
      return zone;
    exception when others then return 'UTC';
    end $$`,
];
