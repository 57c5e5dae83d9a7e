import { newId } from '../db/new-id';
import { appendConsents, type ConsentStatement } from '../db/stores/consents';
import type { Tx } from '../db/transaction';
import { lostPurposes, type ConsentRecord } from '../domain/consent/consent';
import type { EventRecorder, Recorder } from '../events/recorder';
import type { JourneyIndex } from '../enrollments/journey-index';
import { allocateSequence } from '../events/event-sequence';
import { lockCustomer } from '../events/lock-customer';
import { WriteBatch } from '../outbox/write-batch';
import type { RoutingScope } from '../domain/events/routing-scope';

export interface ConsentChange extends ConsentStatement {
  /** Idempotency key: a repeated change has no further effect. */
  readonly messageId?: string;
}

/**
 * Records what a customer agreed to or withdrew: an entry in the ledger for each change, the state
 * that follows, and an event. A change whose messageId was recorded before has no effect. If the
 * customer thereby opted out of a purpose on the last channel, the active enrollments of journeys
 * with that purpose end in the same transaction.
 */
export async function changeConsents(
  deps: { readonly ingest: EventRecorder; readonly index: JourneyIndex },
  customerId: string,
  changes: readonly ConsentChange[],
  now: Date,
  scope: RoutingScope = 'all',
): Promise<readonly ConsentRecord[]> {
  return deps.ingest.transact((tx, record) =>
    changeConsentsIn({ tx, record, index: deps.index, scope }, customerId, changes, now),
  );
}

/** The same within a transaction of the caller's. */
export async function changeConsentsIn(
  {
    tx,
    record,
    index,
    scope = 'all',
  }: {
    readonly tx: Tx;
    readonly record: Recorder;
    readonly index: JourneyIndex;
    readonly scope?: RoutingScope;
  },
  id: string,
  requested: readonly ConsentChange[],
  now: Date,
): Promise<readonly ConsentRecord[]> {
  const changes: ConsentChange[] = [];
  for (const change of requested) {
    const { channel, purpose, state, source, messageId = newId() } = change;
    const isNew = await record({
      messageId,
      customerId: id,
      type: 'consent',
      name: 'Consent Changed',
      properties: { channel, purpose, state, source },
      at: change.at,
      scope,
    });
    if (isNew) changes.push(change);
  }
  // Without the lock, two concurrent changes would overwrite each other.
  const customerId = await lockCustomer(tx, id);
  const { before, after } = await appendConsents(tx, customerId, changes, now);
  const lost = lostPurposes(before, after);
  if (lost.length > 0) await endJourneysOf(tx, index, customerId, lost, now);
  return after;
}

async function endJourneysOf(
  tx: Tx,
  index: JourneyIndex,
  customerId: string,
  purposes: readonly string[],
  now: Date,
): Promise<void> {
  const journeys = index
    .names()
    .filter((name) => purposes.includes(index.options(name)?.purpose ?? ''));
  if (journeys.length === 0) return;
  const ended = await tx
    .updateTable('enrollments')
    .set({ status: 'exited', end_reason: 'opted-out', ended_at: now })
    .where('customer_id', '=', customerId)
    .where('journey', 'in', journeys)
    .where('status', '=', 'active')
    .returning(['id', 'journey'])
    .execute();
  if (ended.length === 0) return;
  // A sequence number of its own, after that of the event that was just recorded.
  const seq = await allocateSequence(tx);
  const batch = new WriteBatch(tx);
  batch.signal(
    ...ended.map(({ id, journey }) => ({
      customerId,
      enrollmentId: id,
      workflowType: journey,
      payload: { seq, effect: 'exit' as const, reason: 'opted-out' },
      createdAt: now,
      availableAt: now,
    })),
  );
  await batch.flush();
}
