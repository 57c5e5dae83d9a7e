import { sql } from 'kysely';
import { DateTime } from 'luxon';
import { newId } from '../db/new-id';
import { inTransaction, type Db } from '../db/transaction';

/** Message ids that are deleted in one statement. */
const TOGETHER = 10_000;

/** Each month of events is a partition of this name. */
const PARTITION = /^events_(\d{4})_(\d{2})$/;

/**
 * Drops the months of events that end before `before`, each as a partition, so no row is visited. Of a
 * month, its totals by name remain. The events' message ids are deleted too, so an event that is sent
 * again after this time is a new one.
 *
 * @param beat called between statements, for a heartbeat; throws to stop
 * @returns the months, such as `2024-01`, and how many quarantined events were deleted
 */
export async function dropOldEvents(
  db: Db,
  until: Date,
  now: Date,
  beat: () => void,
): Promise<{ readonly droppedMonths: readonly string[]; readonly deletedQuarantined: number }> {
  const droppedMonths: string[] = [];
  for (const { partition, month } of await monthsBefore(db, until)) {
    await keepTotals(db, partition, month);
    await deleteMessageIds(db, partition, beat);
    await drop(db, partition);
    droppedMonths.push(month);
    beat();
  }
  const { numDeletedRows } = await db
    .deleteFrom('quarantined_events')
    .where('received_at', '<', until)
    .executeTakeFirst();
  const deletedQuarantined = Number(numDeletedRows);
  await db
    .insertInto('retention_runs')
    .values({
      id: newId(),
      at: now,
      kind: 'events',
      until,
      detail: JSON.stringify({ droppedMonths, deletedQuarantined }),
    })
    .execute();
  return { droppedMonths, deletedQuarantined };
}

async function monthsBefore(
  db: Db,
  until: Date,
): Promise<readonly { readonly partition: string; readonly month: string }[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'events'::regclass order by c.relname`.execute(db);
  return rows.flatMap(({ name }) => {
    const [, year = '', month = ''] = PARTITION.exec(name) ?? [];
    const start = DateTime.utc(Number(year), Number(month));
    if (year === '' || start.plus({ months: 1 }).toJSDate() > until) return [];
    return [{ partition: name, month: `${year}-${month}` }];
  });
}

/** Counting a large month may take minutes; no request waits for it. */
async function keepTotals(db: Db, partition: string, month: string): Promise<void> {
  await inTransaction(db, async (tx) => {
    await sql`set local statement_timeout = '30min'`.execute(tx);
    await sql`
      insert into event_totals (month, name, type, events, customers)
      select ${`${month}-01`}::date, name, type, count(*), count(distinct customer_id)
      from ${sql.table(partition)} group by name, type
      on conflict (month, name, type)
        do update set events = excluded.events, customers = excluded.customers`.execute(tx);
  });
}

async function deleteMessageIds(db: Db, partition: string, beat: () => void): Promise<void> {
  for (let cursor: string | null = ''; cursor !== null; beat()) {
    const { rows }: { rows: { last: string | null }[] } = await sql<{ last: string | null }>`
      with page as (
        select id, message_id from ${sql.table(partition)}
        where id > ${cursor} order by id limit ${TOGETHER}),
      gone as (
        delete from event_ids e using page p
        where e.message_id = p.message_id and e.event_id = p.id)
      select max(id) as last from page`.execute(db);
    cursor = rows[0]?.last ?? null;
  }
}

/** Dropping a partition briefly locks all events. Where the lock is not free, this gives up. */
async function drop(db: Db, partition: string): Promise<void> {
  await inTransaction(db, async (tx) => {
    await sql`set local lock_timeout = '3s'`.execute(tx);
    await sql`drop table ${sql.table(partition)}`.execute(tx);
  });
}
