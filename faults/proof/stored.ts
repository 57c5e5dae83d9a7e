import { sql } from 'kysely';
import type { Db } from '../../src/db/transaction';
import type { JourneysInTemporal } from './journeys-in-temporal';

export interface StoredEvent {
  readonly messageId: string;
  readonly userId: string | null;
  readonly seq: number | null;
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface StoredEnrollment {
  readonly id: string;
  readonly userId: string;
  readonly journey: string;
  readonly key: string;
  readonly status: string;
  readonly reason: string | null;
  /** The messageId of the event that triggered the enrollment. */
  readonly triggeredBy: string | null;
}

export interface StoredMessage {
  readonly id: string;
  readonly userId: string;
  readonly subject: string;
  readonly purpose: string;
  readonly status: string;
  readonly error: string | null;
  readonly repeated: boolean;
  /** Attempts whose outcome is unknown. */
  readonly unknown: number;
}

/** The state of the system, read independently of the product: by SQL and Temporal's client. */
export interface Stored {
  readonly events: readonly StoredEvent[];
  readonly enrollments: readonly StoredEnrollment[];
  readonly messages: readonly StoredMessage[];
  /** The statuses of Temporal's workflows by their ids. */
  readonly workflows: ReadonlyMap<string, string>;
  /** The rows of the outbox. */
  readonly outbox: number;
}

/** Reads the state after a run. */
export async function readStored(db: Db, journeys: JourneysInTemporal): Promise<Stored> {
  const events = await sql<StoredEvent>`
    select e.message_id as "messageId", i.value as "userId", e.seq, e.name, e.properties
    from events e
    left join identifiers i on i.customer_id = e.customer_id and i.kind = 'user_id'
    where e.name <> 'Growth'
    order by e.customer_id, e.seq`.execute(db);
  const enrollments = await sql<StoredEnrollment>`
    select n.id, i.value as "userId", n.journey, n.key, n.status, n.end_reason as reason,
      (select min(e.message_id) from events e where e.id = n.trigger_event_id) as "triggeredBy"
    from enrollments n
    join identifiers i on i.customer_id = n.customer_id and i.kind = 'user_id'`.execute(db);
  const messages = await sql<StoredMessage>`
    select m.id, i.value as "userId", m.content->>'subject' as subject, m.purpose, m.status,
      m.error, m.repeated,
      (select count(*) from delivery_attempts a
       where a.message_id = m.id and a.outcome = 'unknown') as unknown
    from messages m
    join identifiers i on i.customer_id = m.customer_id and i.kind = 'user_id'`.execute(db);
  const outbox = await sql<{ count: number }>`select count(*) as count from outbox`.execute(db);
  return {
    events: events.rows,
    enrollments: enrollments.rows,
    messages: messages.rows,
    workflows: await journeys.statuses(),
    outbox: outbox.rows[0]?.count ?? 0,
  };
}
