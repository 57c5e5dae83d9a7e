import { sql } from 'kysely';
import { newId } from '../db/new-id';
import { toJsonb } from '../db/schema';
import { moveAssignments } from '../db/stores/assignments';
import { moveOrders } from '../db/stores/orders';
import type { Tx } from '../db/transaction';
import type { CustomerMerge } from '../domain/identity/identity-book';
import type { JsonObject } from '../domain/json';
import { mergeConsentsAndPreferences } from '../consent/merge-consents-and-preferences';
import type { WorkflowSignal } from '../outbox/outbox';

/** A merge with the traits of both customers, read under their locks. */
export interface MergeRequest extends CustomerMerge {
  /** The event that caused the merge. */
  readonly eventId: string | null;
  readonly fromTraits: JsonObject;
  readonly intoTraits: JsonObject;
}

/** Tables whose rows only change their customer. */
const REASSIGNED_TABLES = [
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

interface ActiveEnrollment {
  readonly id: string;
  readonly journey: string;
  readonly subscriptions: readonly string[];
  /** Whether it belongs to the customer who is merged into the other. */
  readonly moves: boolean;
}

/**
 * Merges one customer into another: identifiers, events, messages with their decisions, enrollments,
 * consents, assignments, tasks and inbox become the survivor's. The row of the merged customer stays
 * and refers to the survivor. The caller has locked both rows, and exclusively the identifiers of
 * the merged customer.
 *
 * Of two active enrollments with the same journey and key the older one stays; the other exits as
 * `merged`. Of consents the latest explicit choice wins, of experiment assignments the first one.
 *
 * @param seq the signals' sequence number, above all that the enrollments have received
 * @returns signals for the active enrollments
 */
export async function mergeCustomers(
  tx: Tx,
  merge: MergeRequest,
  seq: number,
  now: Date,
): Promise<readonly WorkflowSignal[]> {
  const { from, into } = merge;
  const ended = await endDuplicateEnrollments(tx, from, into, now);
  const moving = await enrollmentsToSignal(tx, merge);
  const moved: Record<string, number> = {};
  for (const table of REASSIGNED_TABLES) {
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
  // The traits are the survivor's now; no copy is kept.
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
  return [...ended, ...moving].map(({ id, journey, ...item }) => ({
    customerId: into,
    enrollmentId: id,
    workflowType: journey,
    payload: { seq, ...item },
    createdAt: now,
    availableAt: now,
  }));
}

interface EnrollmentSignal {
  readonly id: string;
  readonly journey: string;
  readonly effect: 'exit' | 'moved';
  readonly reason?: string;
  readonly customerId?: string;
  readonly traits?: readonly string[];
}

async function endDuplicateEnrollments(
  tx: Tx,
  from: string,
  into: string,
  now: Date,
): Promise<readonly EnrollmentSignal[]> {
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

/** Active enrollments whose customer changes, or whose awaited traits change. */
async function enrollmentsToSignal(
  tx: Tx,
  merge: MergeRequest,
): Promise<readonly EnrollmentSignal[]> {
  const { from, into, fromTraits, intoTraits } = merge;
  const { rows } = await sql<ActiveEnrollment>`
    select id, journey, subscriptions, customer_id = ${from} as moves from enrollments
    where customer_id in (${from}, ${into}) and status = 'active'
    order by id`.execute(tx);
  const merged = mergeTraits(fromTraits, intoTraits);
  return rows.flatMap(({ id, journey, subscriptions, moves }) => {
    const before = moves ? fromTraits : intoTraits;
    const traits = Object.keys(merged).filter(
      (name) =>
        subscriptions.includes(`trait:${name}`) &&
        JSON.stringify(merged[name]) !== JSON.stringify(before[name]),
    );
    if (!moves && traits.length === 0) return [];
    return [
      {
        id,
        journey,
        effect: 'moved' as const,
        ...(moves && { customerId: into }),
        ...(traits.length > 0 && { traits }),
      },
    ];
  });
}

/** The survivor's traits win. */
export function mergeTraits(from: JsonObject, into: JsonObject): JsonObject {
  return { ...from, ...into };
}
