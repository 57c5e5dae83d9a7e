import { sql, type RawBuilder } from 'kysely';
import { LAST } from '../db/eager-transactions';
import type { Tx } from '../db/transaction';
import type { EnrollmentStart, RoutedItem } from '../journey/protocol';

/** The number of lanes that relays share out among themselves; see relay_lanes. */
export const LANES = 32;

/**
 * The Postgres channel on which a transaction tells relays that there is work, and of which kind:
 * `start`, `signal`, or nothing, which may be either.
 */
export const OUTBOX_CHANNEL = 'throughline_outbox';

interface RowBase {
  readonly customerId: string;
  readonly enrollmentId: string;
  readonly workflowType: string;
  readonly createdAt: Date;
  /** Not before this moment, on the journey's clock. */
  readonly availableAt: Date;
}

export type OutboxRow = RowBase &
  (
    | { readonly kind: 'start'; readonly payload: EnrollmentStart }
    | { readonly kind: 'signal'; readonly payload: RoutedItem }
  );

/**
 * Writes what Temporal has to be told, in the transaction that is its cause.
 *
 * @param besides what else the transaction writes: insertions that need not see each other's
 *   effects, so that all go in one round trip
 * @param last whether nothing follows in the transaction, so that its commit can be sent with it
 */
export async function putInOutbox(
  tx: Tx,
  rows: readonly OutboxRow[],
  besides: readonly RawBuilder<unknown>[] = [],
  last: boolean = false,
): Promise<void> {
  const insertions = rows.length === 0 ? besides : [...besides, outboxInsertion(rows)];
  if (insertions.length === 0) return;
  const parts = insertions.map((insertion, at) => sql`${sql.raw(`part_${at}`)} as (${insertion})`);
  const kinds = [...new Set(rows.map(({ kind }) => kind))];
  await sql`
    /* prepared */ ${sql.raw(last ? LAST : '')} with ${sql.join(parts)}
    select pg_notify(${OUTBOX_CHANNEL}, kind) from unnest(${kinds}::text[]) as kind`.execute(tx);
}

function outboxInsertion(rows: readonly OutboxRow[]): RawBuilder<unknown> {
  const written = rows.map((row) => ({
    lane: laneOf(row.enrollmentId),
    customer_id: row.customerId,
    enrollment_id: row.enrollmentId,
    workflow_type: row.workflowType,
    kind: row.kind,
    payload: row.payload,
    created_at: row.createdAt,
    available_at: row.availableAt,
  }));
  // Ids are given in the order of the list, and so tell the order in which journeys are told.
  return sql`
    insert into outbox (lane, customer_id, enrollment_id, workflow_type, kind, payload,
      created_at, available_at)
    select lane, customer_id, enrollment_id, workflow_type, kind, payload, created_at, available_at
    from rows from (json_to_recordset(${JSON.stringify(written)}::json) as (
      lane smallint, customer_id text, enrollment_id text, workflow_type text, kind text,
      payload jsonb, created_at timestamptz, available_at timestamptz)) with ordinality
    order by ordinality`;
}

/** All rows of one enrollment stand in one lane, so that one relay carries them, in order. */
function laneOf(enrollmentId: string): number {
  let hash = 0;
  for (const character of enrollmentId) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  return hash % LANES;
}
