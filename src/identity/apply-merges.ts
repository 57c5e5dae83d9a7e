import { SerializationConflict, type Tx } from '../db/transaction';
import type { CustomerMerge } from '../domain/identity/identity-book';
import { mergeCustomers, mergeTraits } from './merge-customers';
import type { OutboxRow } from '../outbox/outbox';
import type { ChangingCustomer, EventToApply } from '../ingest/sequence-events';
import { enqueueChanges } from '../profiles/customer-changes';

/**
 * Merges customers one after the other; afterwards only those who remain are among them.
 *
 * @param customers all of them, as they are locked
 * @param seq a place in the order of events, before those of the events that showed the merges
 * @returns what the running enrollments are to be told
 * @throws {SerializationConflict} when one of them is gone; run the whole transaction again
 */
export async function applyMerges(
  tx: Tx,
  merges: readonly CustomerMerge[],
  items: readonly EventToApply[],
  customers: Map<string, ChangingCustomer>,
  seq: number,
  now: Date,
): Promise<readonly OutboxRow[]> {
  const told: OutboxRow[] = [];
  for (const merge of merges) {
    const from = customers.get(merge.from);
    const into = customers.get(merge.into);
    if (from === undefined || into === undefined) {
      throw new SerializationConflict('A customer who was to be merged is gone meanwhile.');
    }
    const eventId = items.find(({ event }) => event.customerId === merge.into)?.event.id ?? null;
    const traits = { fromTraits: from.traits, intoTraits: into.traits };
    told.push(...(await mergeCustomers(tx, { ...merge, ...traits, eventId }, seq, now)));
    into.traits = mergeTraits(from.traits, into.traits);
    into.traitsChanged = true;
    into.changed = true;
    into.timeZone ??= from.timeZone;
    into.locale ??= from.locale;
    customers.delete(merge.from);
  }
  await enqueueChanges(
    tx,
    merges.flatMap(({ from, into }) => [from, into]),
    now,
  );
  return told;
}
