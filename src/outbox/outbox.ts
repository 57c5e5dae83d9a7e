import type { RawBuilder } from 'kysely';
import { insertRows } from '../db/sql/recordset';
import type { EnrollmentStart, RoutedItem } from '../journey/protocol';

/** The number of lanes that are shared out among the relays; see the table relay_lanes. */
export const LANES = 32;

/**
 * The Postgres channel that notifies relays of new rows. The payload is their kind: `start`,
 * `signal`, or empty, which may be either.
 */
export const OUTBOX_CHANNEL = 'throughline_outbox';

interface OutboxRow<Payload> {
  readonly customerId: string;
  readonly enrollmentId: string;
  /** The journey's name, which is the workflow's type. */
  readonly workflowType: string;
  readonly payload: Payload;
  readonly createdAt: Date;
  /** When the relay may send it, on the journey's clock. */
  readonly availableAt: Date;
}

/** A workflow to start. */
export type WorkflowStart = OutboxRow<EnrollmentStart>;
/** A signal for a workflow that was started earlier. */
export type WorkflowSignal = OutboxRow<RoutedItem>;

/** The insertion of outbox rows, starts first. Ids rise in this order, and so do deliveries. */
export function outboxInsertion(
  starts: readonly WorkflowStart[],
  signals: readonly WorkflowSignal[],
): RawBuilder<unknown> {
  const rows = [...starts.map(rowOf('start')), ...signals.map(rowOf('signal'))];
  return insertRows('outbox', rows, {
    lane: 'smallint',
    customer_id: 'text',
    enrollment_id: 'text',
    workflow_type: 'text',
    kind: 'text',
    payload: 'jsonb',
    created_at: 'timestamptz',
    available_at: 'timestamptz',
  });
}

function rowOf(kind: 'start' | 'signal') {
  return (row: WorkflowStart | WorkflowSignal) => ({
    lane: laneOf(row.enrollmentId),
    customer_id: row.customerId,
    enrollment_id: row.enrollmentId,
    workflow_type: row.workflowType,
    kind,
    payload: row.payload,
    created_at: row.createdAt,
    available_at: row.availableAt,
  });
}

/** All rows of one enrollment are in one lane, so that one relay sends them, in order. */
function laneOf(enrollmentId: string): number {
  let hash = 0;
  for (const character of enrollmentId) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  return hash % LANES;
}
