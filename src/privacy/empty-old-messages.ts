import { sql } from 'kysely';
import { newId } from '../db/new-id';
import { emptyMessages } from '../db/stores/messages';
import type { Db } from '../db/transaction';

const DAY_MS = 24 * 3600 * 1000;
const BATCH_SIZE = 2_000;

/**
 * Removes the content and addresses of messages that were decided before `before`, and the providers'
 * answers. The rows remain, so monthly counts do not change. In-app items of that age are deleted.
 *
 * @param beat called between statements, for a heartbeat; throws to stop
 */
export async function emptyOldMessages(
  db: Db,
  until: Date,
  now: Date,
  beat: () => void,
): Promise<{ readonly emptiedMessages: number; readonly deletedInboxItems: number }> {
  let emptiedMessages = 0;
  let from = await startOf(db, until);
  // Day by day, so that each statement reads the pages of one day only.
  while (from !== null && from < until) {
    const to: Date = new Date(Math.min(from.getTime() + DAY_MS, until.getTime()));
    for (let emptied = BATCH_SIZE; emptied === BATCH_SIZE; beat()) {
      emptied = await emptyMessages(db, { from, to, limit: BATCH_SIZE });
      emptiedMessages += emptied;
    }
    from = to;
  }
  const { numDeletedRows } = await db
    .deleteFrom('inbox_items')
    .where('created_at', '<', until)
    .executeTakeFirst();
  const detail = { emptiedMessages, deletedInboxItems: Number(numDeletedRows) };
  await db
    .insertInto('retention_runs')
    .values({ id: newId(), at: now, kind: 'messages', until, detail: JSON.stringify(detail) })
    .execute();
  return detail;
}

/** Where the last run ended, or the first message. A shorter period in the policy changes nothing here. */
async function startOf(db: Db, until: Date): Promise<Date | null> {
  const { rows } = await sql<{ from: Date | null }>`
    select coalesce(
      (select until from retention_runs where kind = 'messages' order by id desc limit 1),
      (select min(decided_at) from messages where decided_at < ${until})) as from`.execute(db);
  return rows[0]?.from ?? null;
}
