import { toJsonb } from '../db/schema';
import { moveConsents } from '../db/stores/consents';
import type { Tx } from '../db/transaction';
import { mergePreferences } from '../domain/consent/merge-preferences';
import { preferencesIn } from '../domain/consent/preferences';

/**
 * Merges the consents and preferences of one customer into another's. The caller holds the locks of
 * both, and sets `merged_into` of the merged one in the same transaction.
 */
export async function mergeConsentsAndPreferences(
  tx: Tx,
  from: string,
  into: string,
): Promise<void> {
  await moveConsents(tx, from, into);
  const rows = await tx
    .selectFrom('customer_preferences')
    .selectAll()
    .where('customer_id', 'in', [from, into])
    .execute();
  const [one, other] = rows.map((row) => ({
    preferences: preferencesIn(row.preferences),
    updatedAt: row.updated_at,
  }));
  if (one !== undefined) {
    const { preferences, updatedAt } = other === undefined ? one : mergePreferences(one, other);
    await tx.deleteFrom('customer_preferences').where('customer_id', 'in', [from, into]).execute();
    await tx
      .insertInto('customer_preferences')
      .values({ customer_id: into, preferences: toJsonb(preferences), updated_at: updatedAt })
      .execute();
  }
  for (const table of ['soft_bounces', 'privacy_requests'] as const) {
    await tx
      .updateTable(table)
      .set({ customer_id: into })
      .where('customer_id', '=', from)
      .execute();
  }
}
