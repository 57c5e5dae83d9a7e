import { sql } from 'kysely';
import { newId } from '../db/new-id';
import { toJsonb } from '../db/schema';
import { moveAssignments } from '../db/stores/assignments';
import { moveOrders } from '../db/stores/orders';
import type { Tx } from '../db/transaction';
import type { CustomerMerge } from '../domain/identity/identity-book';
import type { JsonObject } from '../domain/json';
import { mergeConsentsAndPreferences } from '../consent/merge-consents-and-preferences';
import type { OutboxRow } from '../outbox/outbox';

/** A merge with what both customers were, under their locks. */
export interface MergeToDo extends CustomerMerge {
  /** The event that showed that the two are one. */
  readonly eventId: string | null;
  readonly fromTraits: JsonObject;
  readonly intoTraits: JsonObject;
}

/** Tables whose rows simply become the survivor's. */
const MOVED = [
  'events',
  'enrollments',
  'entry_refusals',
  'decisions',
  'messages',
  'exposures',
  'touches',
  'inbox_items',
  'tasks',
] as const;

interface MovedEnrollment {
  readonly id: string;
  readonly journey: string;
  readonly subscriptions: readonly string[];
  readonly mine: boolean;
}

/**
 * Makes one customer's things another one's: identifiers, events, messages with their decisions,
 * enrollments, consents, assignments, tasks, inbox. The row of the one who goes stays and leads to
 * the survivor. The caller holds both customers' rows, and the identifiers of the one who goes alone.
 *
 * Of two enrollments in the same journey and key the older stays; the other exits as `merged`. Of
 * consents the latest explicit choice holds. Of experiment assignments the first exposure stays.
 *
 * @param seq a place in the order of events, above all that the enrollments have seen
 * @returns what the running enrollments are to be told
 */
export async function mergeCustomers(
  tx: Tx,
  merge: MergeToDo,
  seq: number,
  now: Date,
): Promise<readonly OutboxRow[]> {
  const { from, into } = merge;
  const ended = await endDoubles(tx, from, into, now);
  const moving = await enrollmentsToTell(tx, merge);
  const moved: Record<string, number> = {};
  for (const table of MOVED) {
    const { numAffectedRows } = await sql`
      update ${sql.table(table)} set customer_id = ${into} where customer_id = ${from}`.execute(tx);
    if (numAffectedRows !== undefined && numAffectedRows > 0n) {
      moved[table] = Number(numAffectedRows);
    }
  }
  const orders = await moveOrders(tx, from, into);
  if (orders > 0) moved['orders'] = orders;
  await moveAssignments(tx, from, into);
  await mergeConsentsAndPreferences(tx, from, into);
  await sql`
    update identifiers set customer_id = ${into}, secondary = secondary or kind = 'user_id'
    where customer_id = ${from}`.execute(tx);
  await sql`
    update customers s set created_at = least(s.created_at, f.created_at), updated_at = ${now}
    from customers f where s.id = ${into} and f.id = ${from}`.execute(tx);
  // What the survivor has now must not stay behind as well.
  await tx
    .updateTable('customers')
    .set({ merged_into: into, traits: '{}', updated_at: now })
    .where('id', '=', from)
    .execute();
  await sql`update merges set survivor_id = ${into} where survivor_id = ${from}`.execute(tx);
  await tx
    .insertInto('merges')
    .values({
      id: newId(),
      survivor_id: into,
      merged_id: from,
      cause: merge.cause,
      event_id: merge.eventId,
      moved: toJsonb(moved),
      at: now,
    })
    .execute();
  return [...ended, ...moving].map(({ id, journey, ...told }) => ({
    customerId: into,
    enrollmentId: id,
    workflowType: journey,
    kind: 'signal' as const,
    payload: { seq, ...told },
    createdAt: now,
    availableAt: now,
  }));
}

interface Told {
  readonly id: string;
  readonly journey: string;
  readonly effect: 'exit' | 'moved';
  readonly reason?: string;
  readonly customerId?: string;
  readonly traits?: readonly string[];
}

async function endDoubles(tx: Tx, from: string, into: string, now: Date): Promise<readonly Told[]> {
  const { rows } = await sql<{ id: string; journey: string }>`
    update enrollments
    set status = 'exited', end_reason = 'merged', ended_at = ${now}, paused_at = null
    where id in (
      select case when (f.entered_at, f.id) < (s.entered_at, s.id) then s.id else f.id end
      from enrollments f
      join enrollments s on s.journey = f.journey and s.key = f.key
      where f.customer_id = ${from} and s.customer_id = ${into}
        and f.status = 'active' and s.status = 'active')
    returning id, journey`.execute(tx);
  return rows.map(({ id, journey }) => ({ id, journey, effect: 'exit', reason: 'merged' }));
}

/** Running enrollments whose customer is another one now, and those that see other traits. */
async function enrollmentsToTell(tx: Tx, merge: MergeToDo): Promise<readonly Told[]> {
  const { from, into, fromTraits, intoTraits } = merge;
  const { rows } = await sql<MovedEnrollment>`
    select id, journey, subscriptions, customer_id = ${from} as mine from enrollments
    where customer_id in (${from}, ${into}) and status = 'active'
    order by id`.execute(tx);
  const merged = mergeTraits(fromTraits, intoTraits);
  return rows.flatMap(({ id, journey, subscriptions, mine }) => {
    const before = mine ? fromTraits : intoTraits;
    const traits = Object.keys(merged).filter(
      (name) =>
        subscriptions.includes(`trait:${name}`) &&
        JSON.stringify(merged[name]) !== JSON.stringify(before[name]),
    );
    if (!mine && traits.length === 0) return [];
    return [
      {
        id,
        journey,
        effect: 'moved' as const,
        ...(mine && { customerId: into }),
        ...(traits.length > 0 && { traits }),
      },
    ];
  });
}

/** What the survivor has said counts more than what the other one had. */
export function mergeTraits(from: JsonObject, into: JsonObject): JsonObject {
  return { ...from, ...into };
}
