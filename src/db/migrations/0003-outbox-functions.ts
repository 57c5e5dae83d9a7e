import type { Kysely } from 'kysely';
import { sql } from 'kysely';

/**
 * How a queue is to be read: along the primary key, stopping when there is enough. A queue's
 * statistics are never those of the moment, and left to itself Postgres may read and sort the whole
 * outbox for each look.
 */
const ALONG_THE_KEY =
  'set enable_sort = off set enable_bitmapscan = off set enable_seqscan = off set jit = off';

/** Functions, so that a look with those settings is one statement and planned once a session. */
const statements = [
  `create function due_starts(lanes smallint[], moment timestamptz, most integer)
    returns table (id bigint, "enrollmentId" text, "workflowType" text, attempts integer,
      payload jsonb)
    language plpgsql stable ${ALONG_THE_KEY} as $$ begin return query
      select o.id, o.enrollment_id, o.workflow_type, o.attempts, o.payload from outbox o
      where o.lane = any(lanes) and o.dead_lettered_at is null and o.kind = 'start'
        and o.available_at <= moment
      order by o.id limit most;
    end $$`,
  // A signal waits until its enrollment has been started, and for one before it that is to be tried
  // again later.
  `create function due_signals(
      lanes smallint[], busy text[], moment timestamptz, most integer)
    returns table (id bigint, "enrollmentId" text, "workflowType" text, attempts integer,
      payload jsonb)
    language plpgsql stable ${ALONG_THE_KEY} as $$ begin return query
      select o.id, o.enrollment_id, o.workflow_type, o.attempts, o.payload from outbox o
      where o.lane = any(lanes) and o.dead_lettered_at is null and o.kind = 'signal'
        and o.available_at <= moment and o.enrollment_id <> all(busy)
        and not exists (
          select from outbox s where s.enrollment_id = o.enrollment_id and s.kind = 'start')
        and not exists (
          select from outbox e where e.enrollment_id = o.enrollment_id and e.kind = 'signal'
            and e.id < o.id and e.dead_lettered_at is null and e.available_at > moment)
      order by o.id limit most;
    end $$`,
  // It does not wait for the disk: rows that a crash brings back are carried again, without effect.
  `create function remove_from_outbox(ids bigint[]) returns void
    language plpgsql ${ALONG_THE_KEY} as $$ begin
      perform set_config('synchronous_commit', 'off', true);
      delete from outbox where id = any(ids);
    end $$`,
];

export const outboxFunctions = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
