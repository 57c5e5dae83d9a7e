import { sql } from 'kysely';
import type { JsonObject } from '../../../domain/json';
import type { Db } from '../../transaction';
import { olderThan, toPage, type Page, type PageRequest } from '../page';

/** Who read or changed what, and when. */
export interface AuditLine {
  readonly id: string;
  readonly at: Date;
  readonly actor: string;
  readonly role: string;
  readonly action: string;
  readonly customerId: string | null;
  readonly detail: JsonObject;
}

/** The audit log, the newest first. */
export async function auditLog(
  db: Db,
  filter: { readonly customerId?: string | undefined; readonly actor?: string | undefined },
  { limit, before }: PageRequest,
): Promise<Page<AuditLine>> {
  const { customerId, actor } = filter;
  const rows = await db
    .selectFrom('audit_log')
    .select(['id', 'at', 'actor', 'role', 'action', 'customer_id as customerId', 'detail'])
    .where(olderThan(sql.ref('at'), sql.ref('id'), before))
    .$if(customerId !== undefined, (query) => query.where('customer_id', '=', customerId ?? ''))
    .$if(actor !== undefined, (query) => query.where('actor', '=', actor ?? ''))
    .orderBy('at', 'desc')
    .orderBy(sql`id collate "C"`, 'desc')
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit, ({ at, id }) => ({ at, key: id }));
}
