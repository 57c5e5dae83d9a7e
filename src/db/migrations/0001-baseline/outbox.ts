import { IN_INDEX_ORDER } from './index-order';

/**
 * The transactional outbox and the leases of the relays that empty it.
 *
 * The functions read the outbox along its primary key and stop when they have enough rows. The
 * statistics of a queue are always out of date, and without these settings Postgres may read and
 * sort the whole table for each poll. They are functions so that a poll is one statement, planned
 * once per session.
 */
export const outbox: readonly string[] = [
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
  `insert into relay_lanes (lane) select generate_series(0, 31)`,
  `create table relays (owner text primary key, seen_until timestamptz not null)`,
  `create function due_starts(lanes smallint[], due_at timestamptz, max_rows integer)
    returns table (id bigint, "enrollmentId" text, "workflowType" text, attempts integer,
      payload jsonb)
    language plpgsql stable ${IN_INDEX_ORDER} as $$ begin return query
      select o.id, o.enrollment_id, o.workflow_type, o.attempts, o.payload from outbox o
      where o.lane = any(lanes) and o.dead_lettered_at is null and o.kind = 'start'
        and o.available_at <= due_at
      order by o.id limit max_rows;
    end $$`,
  // A signal waits until its enrollment's start has been sent, and behind an earlier signal that is
  // scheduled for a retry.
  `create function due_signals(
      lanes smallint[], busy_enrollments text[], due_at timestamptz, max_rows integer)
    returns table (id bigint, "enrollmentId" text, "workflowType" text, attempts integer,
      payload jsonb)
    language plpgsql stable ${IN_INDEX_ORDER} as $$ begin return query
      select o.id, o.enrollment_id, o.workflow_type, o.attempts, o.payload from outbox o
      where o.lane = any(lanes) and o.dead_lettered_at is null and o.kind = 'signal'
        and o.available_at <= due_at and o.enrollment_id <> all(busy_enrollments)
        and not exists (
          select from outbox s where s.enrollment_id = o.enrollment_id and s.kind = 'start')
        and not exists (
          select from outbox e where e.enrollment_id = o.enrollment_id and e.kind = 'signal'
            and e.id < o.id and e.dead_lettered_at is null and e.available_at > due_at)
      order by o.id limit max_rows;
    end $$`,
  // Commits without waiting for the disk: rows that reappear after a crash are sent again, and the
  // duplicate has no effect.
  `create function remove_from_outbox(ids bigint[]) returns void
    language plpgsql ${IN_INDEX_ORDER} as $$ begin
      perform set_config('synchronous_commit', 'off', true);
      delete from outbox where id = any(ids);
    end $$`,
];
