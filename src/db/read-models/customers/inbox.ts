import { sql } from 'kysely';
import type { Db } from '../../transaction';
import { olderThan, toPage, type Page, type PageRequest } from '../page';

export interface InboxItemView {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly url: string | null;
  readonly createdAt: Date;
  readonly readAt: Date | null;
  readonly read: boolean;
}

/** A customer's in-app inbox, the newest item first. */
export async function inboxOf(
  db: Db,
  customerId: string,
  { limit, before, unreadOnly }: PageRequest & { readonly unreadOnly: boolean },
): Promise<Page<InboxItemView>> {
  const rows = await items(db)
    .where('customer_id', '=', customerId)
    .$if(unreadOnly, (query) => query.where('read_at', 'is', null))
    .where(olderThan(sql.ref('created_at'), sql.ref('id'), before))
    .orderBy('created_at', 'desc')
    .orderBy(sql`id collate "C"`, 'desc')
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit, (row) => ({ at: row.createdAt, key: row.id }));
}

export function inboxItem(
  db: Db,
  customerId: string,
  id: string,
): Promise<InboxItemView | undefined> {
  return items(db).where('customer_id', '=', customerId).where('id', '=', id).executeTakeFirst();
}

function items(db: Db) {
  return db
    .selectFrom('inbox_items')
    .select(['id', 'title', 'body', 'url', 'created_at as createdAt', 'read_at as readAt'])
    .select(sql<boolean>`read_at is not null`.as('read'));
}
