import type { Kysely } from 'kysely';
import { sql } from 'kysely';

/** As with the outbox: statistics of a queue are never those of the moment. */
const ALONG_THE_INDEX =
  'set enable_sort = off set enable_bitmapscan = off set enable_seqscan = off set jit = off';

/**
 * What follows from a customer's events: their profile and the segments that they are in.
 *
 * None of these tables refers to `customers` by a foreign key: whoever leaves a change must not take
 * a lock on its customer. `customer_changes` is only ever added to by those who store events, and
 * emptied by those who follow them, so that storing an event waits for nobody.
 */
const statements = [
  // How often and when somebody did something is asked by name and by when it happened.
  `create index events_customer_name on events (customer_id, name, occurred_at)`,
  `create table customer_changes (
    id bigint generated always as identity primary key,
    customer_id text not null,
    urgent boolean not null,
    -- How far into the journeys what follows from it scopes; see domain/events/scope.
    scope text not null,
    at timestamptz not null,
    error text
  )`,
  `create index customer_changes_urgent on customer_changes (id) where urgent and error is null`,
  `create index customer_changes_later on customer_changes (id)
    where not urgent and error is null`,
  // What waits of a customer is one piece of work, however many rows there are.
  `create index customer_changes_customer on customer_changes (customer_id) where error is null`,
  `create table profiles (
    customer_id text primary key,
    computed jsonb not null default '{}',
    lifecycle text,
    mood jsonb,
    context jsonb not null default '{}',
    computed_at timestamptz,
    reconsider_at timestamptz
  )`,
  `create index profiles_reconsider on profiles (reconsider_at) where reconsider_at is not null`,
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
  // One row: which definitions hold, and how far everybody has been looked at under them.
  `create table segment_backfill (
    id smallint primary key default 1 check (id = 1),
    definitions text not null,
    cursor text not null,
    backfilled_at timestamptz
  )`,
  // Takes changes for those who follow them under the definitions that hold, the oldest first.
  `create function take_customer_changes(held text, of_urgent boolean, most integer)
    returns table (id bigint, "customerId" text, scope text)
    language plpgsql ${ALONG_THE_INDEX} as $$ begin
      if not exists (select from segment_backfill w where w.definitions = held) then return; end if;
      if of_urgent then
        return query delete from customer_changes d where d.id = any(array(
            select w.id from customer_changes w
            where w.error is null and w.customer_id = any(array(
              select f.customer_id from (
                select c.customer_id from customer_changes c where c.urgent and c.error is null
                order by c.id limit most for update skip locked) f))
            limit 50 * most for update skip locked))
          returning d.id, d.customer_id, d.scope;
      else
        return query delete from customer_changes d where d.id = any(array(
            select w.id from customer_changes w
            where w.error is null and w.customer_id = any(array(
              select f.customer_id from (
                select c.customer_id from customer_changes c where not c.urgent and c.error is null
                order by c.id limit most for update skip locked) f))
            limit 50 * most for update skip locked))
          returning d.id, d.customer_id, d.scope;
      end if;
    end $$`,
  `create function take_due_profiles(held text, moment timestamptz, most integer)
    returns table ("customerId" text) language plpgsql ${ALONG_THE_INDEX} as $$ begin
      return query select p.customer_id from profiles p
        where p.reconsider_at <= moment
          and exists (select from segment_backfill w where w.definitions = held)
        order by p.reconsider_at limit most for update skip locked;
    end $$`,
  `create function profile_work(held text, moment timestamptz)
    returns table (urgent boolean, later boolean, due boolean, walk boolean)
    language plpgsql stable ${ALONG_THE_INDEX} as $$ begin
      return query select
        exists (select from customer_changes c where c.urgent and c.error is null),
        exists (select from customer_changes c where not c.urgent and c.error is null),
        exists (select from profiles p where p.reconsider_at <= moment),
        w.backfilled_at is null
      from segment_backfill w where w.definitions = held;
    end $$`,
  // A moment in a trait or a property: milliseconds since 1970 or ISO 8601, in UTC unless it says
  // otherwise; null for whatever else stands there.
  `create function moment_of(value jsonb) returns timestamptz
    language plpgsql stable set timezone = 'UTC' as $$
    declare told text := value #>> '{}';
    begin
      if jsonb_typeof(value) = 'number' then
        return case when abs(told::numeric) < 2e14 then to_timestamp(told::numeric / 1000) end;
      end if;
      if jsonb_typeof(value) = 'string'
        and told ~ '^\\d{4}-\\d{2}-\\d{2}([T ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[+-]\\d{2}(:?\\d{2})?)?)?$'
        and pg_input_is_valid(told, 'timestamptz') then
        return told::timestamptz;
      end if;
      return null;
    end $$`,
  // A zone that Postgres does not know is UTC to it.
  `create function known_zone(zone text) returns text language plpgsql stable as $$
    begin
      if zone is null then return 'UTC'; end if;
      perform timestamptz 'epoch' at time zone zone;
      return zone;
    exception when others then return 'UTC';
    end $$`,
  // The state that holds for one channel and purpose, wildcards included: nextConsent of
  // domain/consent, told in SQL. A request takes no subscription away, forgetting lifts no opt-out.
  `create function effective_consent(customer text, on_channel text, for_purpose text)
    returns text language plpgsql stable as $$
    declare
      said record;
      held text := 'none';
    begin
      for said in
        select state from consents
        where customer_id = customer and channel in (on_channel, '*')
          and purpose in (for_purpose, '*')
        order by at, array_position(
          array['subscribed', 'pending', 'none', 'unsubscribed'], state)
      loop
        if not (held = 'subscribed' and said.state = 'pending')
          and not (held = 'unsubscribed' and said.state = 'none') then
          held := said.state;
        end if;
      end loop;
      return held;
    end $$`,
];

export const segments = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
