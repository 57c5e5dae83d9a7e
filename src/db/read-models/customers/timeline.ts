import { sql, type RawBuilder } from 'kysely';
import type { Db } from '../../transaction';
import { olderThan, toPage, type Page, type PageRequest } from '../page';

/** One thing that happened to a customer. `kind` tells which further fields there are. */
export interface TimelineItem {
  readonly kind: 'event' | 'merge' | 'entry' | 'refusal' | 'decision' | 'message' | 'end';
  readonly id: string;
  /** When it was recorded: for an event, when it was received. */
  readonly at: Date;
  readonly [field: string]: unknown;
}

interface Source {
  readonly kind: TimelineItem['kind'];
  readonly table: string;
  /** The column of the customer, where it is another one than `customer_id`. */
  readonly customer?: string;
  readonly at: string;
  /** Column by name in the answer. */
  readonly fields: Readonly<Record<string, string>>;
}

const ENROLLMENT = { enrollmentId: 'id', journey: 'journey', key: 'key' };

/** In the order of cause and effect, which breaks ties within a millisecond. */
const SOURCES: readonly Source[] = [
  {
    kind: 'event',
    table: 'events',
    at: 'received_at',
    fields: {
      event: 'name',
      type: 'type',
      messageId: 'message_id',
      properties: 'properties',
      occurredAt: 'occurred_at',
      about: 'about_message_id',
    },
  },
  {
    kind: 'merge',
    table: 'merges',
    customer: 'survivor_id',
    at: 'at',
    fields: { mergedId: 'merged_id', cause: 'cause', eventId: 'event_id', moved: 'moved' },
  },
  {
    kind: 'refusal',
    table: 'entry_refusals',
    at: 'at',
    fields: { journey: 'journey', key: 'key', reason: 'reason', opensAt: 'opens_at' },
  },
  {
    kind: 'entry',
    table: 'enrollments',
    at: 'entered_at',
    fields: { ...ENROLLMENT, startsAt: 'starts_at' },
  },
  {
    kind: 'decision',
    table: 'decisions',
    at: 'first_at',
    fields: {
      enrollmentId: 'enrollment_id',
      journey: 'journey',
      step: 'step',
      template: 'template',
      purpose: 'purpose',
      outcome: 'outcome',
      reason: 'reason',
      channel: 'channel',
      decidedAt: 'decided_at',
      nextAt: 'next_at',
    },
  },
  {
    kind: 'message',
    table: 'messages',
    at: 'decided_at',
    fields: {
      messageId: 'id',
      decisionId: 'decision_id',
      enrollmentId: 'enrollment_id',
      journey: 'journey',
      template: 'template',
      channel: 'channel',
      status: 'status',
      sentAt: 'sent_at',
      deliveredAt: 'delivered_at',
      openedAt: 'opened_at',
      clickedAt: 'clicked_at',
      error: 'error',
    },
  },
  {
    kind: 'end',
    table: 'enrollments',
    at: 'ended_at',
    fields: { ...ENROLLMENT, status: 'status', reason: 'end_reason' },
  },
];

/** Everything that happened to a customer, the newest first. */
export async function timelineOf(
  db: Db,
  customerId: string,
  request: PageRequest,
): Promise<Page<TimelineItem>> {
  const parts = await Promise.all(
    SOURCES.map((source, rank) => readSource(db, source, rank, customerId, request)),
  );
  const rows = parts.flat().toSorted((a, b) => {
    return b.item.at.getTime() - a.item.at.getTime() || (a.key < b.key ? 1 : -1);
  });
  const page = toPage(rows, request.limit, ({ item, key }) => ({ at: item.at, key }));
  return { items: page.items.map(({ item }) => item), next: page.next };
}

async function readSource(
  db: Db,
  { kind, table, customer = 'customer_id', at, fields }: Source,
  rank: number,
  customerId: string,
  { limit, before }: PageRequest,
): Promise<readonly { readonly item: TimelineItem; readonly key: string }[]> {
  const moment = sql.ref(at);
  const key = sql`${String(rank)}::text || ' ' || ${sql.ref('id')}`;
  const columns: RawBuilder<unknown>[] = Object.entries(fields).map(
    ([name, column]) => sql`${sql.ref(column)} as ${sql.id(name)}`,
  );
  const { rows } = await sql<Record<string, unknown>>`
    select ${key} as "#key", ${sql.ref('id')} as "#id", ${moment} as "#at", ${sql.join(columns)}
    from ${sql.table(table)}
    where ${sql.ref(customer)} = ${customerId} and ${moment} is not null
      and ${olderThan(moment, key, before)}
    order by ${moment} desc, (${key}) collate "C" desc limit ${limit + 1}`.execute(db);
  return rows.map(({ '#key': rowKey, '#id': id, '#at': rowAt, ...rest }) => ({
    key: rowKey as string,
    item: { kind, id: id as string, at: rowAt as Date, ...rest },
  }));
}
