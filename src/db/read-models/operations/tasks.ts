import { sql } from 'kysely';
import type { JsonObject } from '../../../domain/json';
import type { TaskStatus } from '../../schema';
import type { Db } from '../../transaction';
import { olderThan, toPage, type Page, type PageRequest } from '../page';

/** Work for a person, such as a call. */
export interface TaskView {
  readonly id: string;
  readonly customerId: string;
  readonly enrollmentId: string;
  readonly journey: string;
  readonly kind: string;
  readonly title: string;
  readonly details: JsonObject;
  readonly status: TaskStatus;
  readonly assignee: string | null;
  readonly outcome: string | null;
  readonly notes: string | null;
  readonly dueAt: Date | null;
  readonly createdAt: Date;
  readonly claimedAt: Date | null;
  readonly completedAt: Date | null;
}

export interface TaskFilter {
  readonly status: TaskStatus | undefined;
  readonly kind: string | undefined;
  readonly journey: string | undefined;
}

/** Tasks, the newest first. */
export async function tasksBy(
  db: Db,
  { status, kind, journey }: TaskFilter,
  { limit, before }: PageRequest,
): Promise<Page<TaskView>> {
  const rows = await views(db)
    .$if(status !== undefined, (query) => query.where('status', '=', status as TaskStatus))
    .$if(kind !== undefined, (query) => query.where('kind', '=', kind as string))
    .$if(journey !== undefined, (query) => query.where('journey', '=', journey as string))
    .where(olderThan(sql.ref('created_at'), sql.ref('id'), before))
    .orderBy('created_at', 'desc')
    .orderBy(sql`id collate "C"`, 'desc')
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit, (row) => ({ at: row.createdAt, key: row.id }));
}

export function taskById(db: Db, id: string): Promise<TaskView | undefined> {
  return views(db).where('id', '=', id).executeTakeFirst();
}

function views(db: Db) {
  return db
    .selectFrom('tasks')
    .select(['id', 'journey', 'kind', 'title', 'details', 'status', 'assignee', 'outcome', 'notes'])
    .select([
      'customer_id as customerId',
      'enrollment_id as enrollmentId',
      'due_at as dueAt',
      'created_at as createdAt',
      'claimed_at as claimedAt',
      'completed_at as completedAt',
    ]);
}
