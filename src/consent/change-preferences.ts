import { newId } from '../db/new-id';
import { toJsonb } from '../db/schema';
import type { Tx } from '../db/transaction';
import {
  changedFields,
  changePreferences,
  preferencesIn,
  type PreferenceChange,
  type Preferences,
} from '../domain/consent/preferences';
import type { EventRecorder, Recorder } from '../events/recorder';
import { lockCustomer } from '../events/lock-customer';

/**
 * Changes a customer's preferences and records the event `Preferences Changed`, unless nothing
 * differs. Applies to all later decisions.
 *
 * @param source where the customer stated it: `preference-centre`, `api`, `keyword` ...
 * @throws {RequestError} `not-found` if the customer does not exist or was erased
 */
export function storePreferences(
  { ingest }: { readonly ingest: EventRecorder },
  customerId: string,
  change: PreferenceChange,
  given: { readonly source: string; readonly now: Date },
): Promise<Preferences> {
  return ingest.transact((tx, record) =>
    storePreferencesIn({ tx, record }, customerId, change, given),
  );
}

/** The same within a transaction of the caller's. */
export async function storePreferencesIn(
  { tx, record }: { readonly tx: Tx; readonly record: Recorder },
  given: string,
  change: PreferenceChange,
  { source, now }: { readonly source: string; readonly now: Date },
): Promise<Preferences> {
  const customerId = await lockCustomer(tx, given);
  const row = await tx
    .selectFrom('customer_preferences')
    .select('preferences')
    .where('customer_id', '=', customerId)
    .executeTakeFirst();
  const before = preferencesIn(row?.preferences);
  const after = changePreferences(before, change);
  if (after === before) return before;
  const written = { preferences: toJsonb(after), updated_at: now };
  await tx
    .insertInto('customer_preferences')
    .values({ customer_id: customerId, ...written })
    .onConflict((conflict) => conflict.column('customer_id').doUpdateSet(written))
    .execute();
  await record({
    messageId: newId(),
    customerId,
    type: 'track',
    name: 'Preferences Changed',
    properties: { source, changed: [...changedFields(before, after)] },
    at: now,
  });
  return after;
}
