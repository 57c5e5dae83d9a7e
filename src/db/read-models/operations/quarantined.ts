import { sql } from 'kysely';
import type { JsonObject } from '../../../domain/json';
import type { Db } from '../../transaction';
import { olderThan, toPage, type Page, type PageRequest } from '../page';

/** An event that did not fit its declaration and waits to be replayed. */
export interface QuarantinedView {
  readonly id: string;
  readonly messageId: string | null;
  readonly type: string;
  readonly reason: string;
  readonly receivedAt: Date;
  readonly payload: JsonObject;
}

/** Quarantined events, the newest first. */
export async function quarantined(
  db: Db,
  { limit, before }: PageRequest,
): Promise<Page<QuarantinedView>> {
  const rows = await db
    .selectFrom('quarantined_events')
    .select(['id', 'message_id as messageId', 'type', 'reason', 'received_at as receivedAt'])
    .select('payload')
    .where('replayed_at', 'is', null)
    .where(olderThan(sql.ref('received_at'), sql.ref('id'), before))
    .orderBy('received_at', 'desc')
    .orderBy(sql`id collate "C"`, 'desc')
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit, (row) => ({ at: row.receivedAt, key: row.id }));
}
