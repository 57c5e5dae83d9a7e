import { sql } from 'kysely';
import type { JsonObject } from '../../../domain/json';
import type { Db } from '../../transaction';
import { olderThan, toPage, type Page, type PageRequest } from '../page';

/** A person's export or erasure request, and its result. */
export interface PrivacyRequestView {
  readonly id: string;
  readonly kind: 'export' | 'erase';
  readonly source: string;
  readonly status: 'open' | 'running' | 'done';
  readonly requestedAt: Date;
  readonly doneAt: Date | null;
  /** Rows by table, and workflow executions that were deleted. */
  readonly result: JsonObject;
}

export async function privacyRequests(
  db: Db,
  { limit, before }: PageRequest,
): Promise<Page<PrivacyRequestView>> {
  const rows = await views(db)
    .where(olderThan(sql.ref('requested_at'), sql.ref('id'), before))
    .orderBy('requested_at', 'desc')
    .orderBy(sql`id collate "C"`, 'desc')
    .limit(limit + 1)
    .execute();
  const page = toPage(rows, limit, ({ requestedAt, id }) => ({ at: requestedAt, key: id }));
  return { items: page.items.map(shown), next: page.next };
}

export async function privacyRequest(db: Db, id: string): Promise<PrivacyRequestView | undefined> {
  const row = await views(db).where('id', '=', id).executeTakeFirst();
  return row && shown(row);
}

function views(db: Db) {
  return db
    .selectFrom('privacy_requests')
    .select(['id', 'kind', 'source', 'status', 'result'])
    .select(['requested_at as requestedAt', 'done_at as doneAt']);
}

/** The customer's ids are not shown while an erasure runs. */
function shown(row: PrivacyRequestView): PrivacyRequestView {
  const { rows = {}, executions = null } = row.result;
  return { ...row, result: { rows, executions } };
}

export interface RetentionRunView {
  readonly at: Date;
  readonly kind: string;
  readonly until: Date;
  readonly detail: JsonObject;
}

/** The latest runs of the retention, the newest first. */
export function retentionRuns(db: Db, limit: number): Promise<readonly RetentionRunView[]> {
  return db
    .selectFrom('retention_runs')
    .select(['at', 'kind', 'until', 'detail'])
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}
