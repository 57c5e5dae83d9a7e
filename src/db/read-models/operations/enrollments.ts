import { sql } from 'kysely';
import type { EnrollmentStatus } from '../../schema';
import type { Db } from '../../transaction';
import { olderThan, toPage, type Page, type PageRequest } from '../page';

/** An enrollment, as stored in Postgres. */
export interface EnrollmentView {
  readonly id: string;
  readonly customerId: string;
  readonly journey: string;
  readonly key: string;
  readonly status: EnrollmentStatus;
  /** Why it ended; null while it is active. */
  readonly reason: string | null;
  readonly holdout: boolean;
  readonly priority: number;
  readonly triggerEventId: string | null;
  readonly listens: readonly string[];
  readonly enteredAt: Date;
  readonly startsAt: Date;
  readonly pausedAt: Date | null;
  readonly goalUntil: Date | null;
  readonly goalReachedAt: Date | null;
  readonly endedAt: Date | null;
}

export async function enrollmentsOf(
  db: Db,
  customerId: string,
  { limit, before }: PageRequest,
): Promise<Page<EnrollmentView>> {
  const rows = await views(db)
    .where('customer_id', '=', customerId)
    .where(olderThan(sql.ref('entered_at'), sql.ref('id'), before))
    .orderBy('entered_at', 'desc')
    .orderBy(sql`id collate "C"`, 'desc')
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit, (row) => ({ at: row.enteredAt, key: row.id }));
}

export function enrollmentById(db: Db, id: string): Promise<EnrollmentView | undefined> {
  return views(db).where('id', '=', id).executeTakeFirst();
}

export interface JourneyCounts {
  readonly active: number;
  readonly paused: number;
  readonly completed: number;
  readonly exited: number;
  readonly failed: number;
}

/** How many enrollments each journey has, by status; a paused one is also active. */
export async function countsByJourney(db: Db): Promise<ReadonlyMap<string, JourneyCounts>> {
  const rows = await db
    .selectFrom('enrollments')
    .select([
      'journey',
      sql<number>`count(*) filter (where status = 'active')`.as('active'),
      sql<number>`count(*) filter (where status = 'active' and paused_at is not null)`.as('paused'),
      sql<number>`count(*) filter (where status = 'completed')`.as('completed'),
      sql<number>`count(*) filter (where status = 'exited')`.as('exited'),
      sql<number>`count(*) filter (where status = 'failed')`.as('failed'),
    ])
    .groupBy('journey')
    .execute();
  return new Map(rows.map(({ journey, ...counts }) => [journey, counts]));
}

function views(db: Db) {
  return db
    .selectFrom('enrollments')
    .select(['id', 'journey', 'key', 'status', 'holdout', 'priority', 'subscriptions as listens'])
    .select([
      'customer_id as customerId',
      'end_reason as reason',
      'trigger_event_id as triggerEventId',
      'entered_at as enteredAt',
      'starts_at as startsAt',
      'paused_at as pausedAt',
      'goal_until as goalUntil',
      'goal_reached_at as goalReachedAt',
      'ended_at as endedAt',
    ]);
}
