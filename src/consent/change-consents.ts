import { newId } from '../db/new-id';
import { toJsonb } from '../db/schema';
import type { Tx } from '../db/transaction';
import {
  lostPurposes,
  nextConsent,
  type ConsentRecord,
  type ConsentState,
} from '../domain/consent/consent';
import type { JsonObject } from '../domain/json';
import type { EventRecorder, Recorder } from '../events/recorder';
import type { JourneyIndex } from '../enrollments/journey-index';
import { allocateSequence } from '../events/event-sequence';
import { lockCustomer } from '../events/lock-customer';
import { WriteBatch } from '../outbox/write-batch';
import type { RoutingScope } from '../domain/events/routing-scope';

export interface ConsentChange {
  readonly channel: ConsentRecord['channel'];
  readonly purpose: string;
  readonly state: ConsentState;
  /** Where the customer said so: `preference-centre`, `double-opt-in`, `import` ... */
  readonly source: string;
  /** The version of the words that they agreed to, where the source knows it. */
  readonly wording?: string | null;
  /** What shows it: IP address, the message of the link, a form's answers. */
  readonly proof: JsonObject;
  readonly at: Date;
  /** Under which the change is made once, however often it is asked for. */
  readonly messageId?: string;
}

/**
 * Writes what a customer agreed to or took back: an entry in the ledger for each change, the state
 * that follows, and an event. A change whose messageId was taken before has no effect. Where the
 * customer opted out of a purpose on the last channel, the enrollments of journeys of that purpose
 * end in the same transaction.
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
  given: string,
  asked: readonly ConsentChange[],
  now: Date,
): Promise<readonly ConsentRecord[]> {
  const changes: ConsentChange[] = [];
  for (const change of asked) {
    const { channel, purpose, state, source, messageId = newId() } = change;
    const fresh = await record({
      messageId,
      customerId: given,
      type: 'consent',
      name: 'Consent Changed',
      properties: { channel, purpose, state, source },
      at: change.at,
      scope,
    });
    if (fresh) changes.push(change);
  }
  // Otherwise two changes at the same time would each overwrite what the other one saw.
  const customerId = await lockCustomer(tx, given);
  const before = await readConsents(tx, customerId);
  const after = apply(before, changes);
  await write(tx, customerId, after, changes, now);
  const lost = lostPurposes(before, after);
  if (lost.length > 0) await endJourneysOf(tx, index, customerId, lost, now);
  return after;
}

export async function readConsents(tx: Tx, customerId: string): Promise<readonly ConsentRecord[]> {
  const rows = await tx
    .selectFrom('consents')
    .select(['channel', 'purpose', 'state', 'at'])
    .where('customer_id', '=', customerId)
    .execute();
  return rows.map((row) => ({ ...row, channel: row.channel as ConsentRecord['channel'] }));
}

function apply(
  before: readonly ConsentRecord[],
  changes: readonly ConsentChange[],
): readonly ConsentRecord[] {
  const records = new Map(before.map((each) => [`${each.channel} ${each.purpose}`, each]));
  for (const { channel, purpose, state, at } of changes) {
    const name = `${channel} ${purpose}`;
    records.set(name, nextConsent(records.get(name), { channel, purpose, state, at }));
  }
  return [...records.values()];
}

async function write(
  tx: Tx,
  customerId: string,
  after: readonly ConsentRecord[],
  changes: readonly ConsentChange[],
  now: Date,
): Promise<void> {
  if (changes.length === 0) return;
  await tx
    .insertInto('consent_ledger')
    .values(
      changes.map((change) => ({
        id: newId(),
        customer_id: customerId,
        channel: change.channel,
        purpose: change.purpose,
        state: change.state,
        source: change.source,
        wording: change.wording ?? null,
        proof: toJsonb(change.proof),
        at: change.at,
        recorded_at: now,
      })),
    )
    .execute();
  await tx
    .insertInto('consents')
    .values(after.map((each) => ({ customer_id: customerId, ...each })))
    .onConflict((conflict) =>
      conflict
        .columns(['customer_id', 'channel', 'purpose'])
        .doUpdateSet((set) => ({ state: set.ref('excluded.state'), at: set.ref('excluded.at') })),
    )
    .execute();
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
