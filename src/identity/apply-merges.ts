import { SerializationConflict, type Tx } from '../db/transaction';
import type { CustomerMerge } from '../domain/identity/identity-book';
import type { EventToApply } from '../events/event-to-apply';
import type { WriteBatch } from '../outbox/write-batch';
import { enqueueChanges } from '../profiles/customer-changes';
import type { ChangingCustomer } from './changing-customer';
import { mergeCustomers, mergeTraits } from './merge-customers';

/**
 * Merges customers one after the other, and removes the merged ones from `customers`.
 *
 * @param customers all customers of the merges, whose rows are locked
 * @param seq the sequence number of the signals, below those of the events that caused the merges
 * @param batch receives the signals to active enrollments
 * @throws {SerializationConflict} if one of the customers no longer exists; run the whole
 *   transaction again
 */
export async function applyMerges(
  tx: Tx,
  merges: readonly CustomerMerge[],
  items: readonly EventToApply[],
  customers: Map<string, ChangingCustomer>,
  { seq, now, batch }: { readonly seq: number; readonly now: Date; readonly batch: WriteBatch },
): Promise<void> {
  for (const merge of merges) {
    const from = customers.get(merge.from);
    const into = customers.get(merge.into);
    if (from === undefined || into === undefined) {
      throw new SerializationConflict('Found a customer to merge who no longer exists.');
    }
    const eventId = items.find(({ event }) => event.customerId === merge.into)?.event.id ?? null;
    const traits = { fromTraits: from.traits, intoTraits: into.traits };
    batch.signal(...(await mergeCustomers(tx, { ...merge, ...traits, eventId }, seq, now)));
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
}
