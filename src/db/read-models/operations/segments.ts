import { sql } from 'kysely';
import type { Db } from '../../transaction';
import { olderThan, toPage, type Page, type PageRequest } from '../page';

export interface SegmentState {
  readonly definedAt: Date | null;
  /** When the backfill of the current definition finished; null while it runs. */
  readonly filledAt: Date | null;
  readonly count: number;
}

export interface SegmentMember {
  readonly customerId: string;
  readonly userId: string | null;
  readonly enteredAt: Date;
}

/** How far what is stored lags behind the events. */
export interface Freshness {
  /** Pending changes; at most 10,000 are counted. */
  readonly waiting: number;
  readonly oldestAt: Date | null;
  /** Changes that failed, with their errors in `customer_changes`. */
  readonly failed: number;
}

const MAX_COUNTED = 10_000;

/** The state of segments by name, without those that no process has registered yet. */
export async function segmentStates(
  db: Db,
  names: readonly string[],
): Promise<ReadonlyMap<string, SegmentState>> {
  const { rows } = await sql<SegmentState & { name: string }>`
    select s.name, s.defined_at as "definedAt", s.filled_at as "filledAt",
      (select count(*) from segment_members m where m.segment = s.name) as count
    from segments s where s.name = any(${names}::text[])`.execute(db);
  return new Map(rows.map(({ name, ...state }) => [name, state]));
}

export async function freshness(db: Db): Promise<Freshness> {
  const { rows } = await sql<Freshness>`
    select
      (select count(*) from (
        select 1 from customer_changes where error is null limit ${MAX_COUNTED}) c) as waiting,
      (select min(at) from (
        select at from customer_changes where error is null order by id limit 1) c) as "oldestAt",
      (select count(*) from customer_changes where error is not null) as failed`.execute(db);
  return rows[0] ?? { waiting: 0, oldestAt: null, failed: 0 };
}

/** The customers in a segment, the latest to enter first. */
export async function segmentMembers(
  db: Db,
  segment: string,
  { limit, before }: PageRequest,
): Promise<Page<SegmentMember>> {
  const { rows } = await sql<SegmentMember>`
    select m.customer_id as "customerId", m.entered_at as "enteredAt",
      (select value from identifiers i
        where i.customer_id = m.customer_id and i.kind = 'user_id'
        order by i.created_at, i.value limit 1) as "userId"
    from segment_members m
    where m.segment = ${segment}
      and ${olderThan(sql`m.entered_at`, sql`m.customer_id`, before)}
    order by m.entered_at desc, m.customer_id collate "C" desc
    limit ${limit + 1}`.execute(db);
  return toPage(rows, limit, ({ enteredAt, customerId }) => ({ at: enteredAt, key: customerId }));
}
