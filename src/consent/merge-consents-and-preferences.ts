import { toJsonb } from '../db/schema';
import type { Tx } from '../db/transaction';
import { mergeConsents } from '../domain/consent/merge-consents';
import { mergePreferences } from '../domain/consent/merge-preferences';
import { preferencesIn } from '../domain/consent/preferences';
import { readConsents } from './change-consents';

/**
 * Makes what two customers agreed to and would like that of the one who stays. Of consents the
 * latest explicit choice holds, of doubts the stricter; the ledger keeps every entry. The caller
 * holds the locks of both, and sets `merged_into` of the one who goes in the same transaction.
 */
export async function mergeConsentsAndPreferences(
  tx: Tx,
  gone: string,
  stays: string,
): Promise<void> {
  const consents = mergeConsents(await readConsents(tx, gone), await readConsents(tx, stays));
  await tx.deleteFrom('consents').where('customer_id', 'in', [gone, stays]).execute();
  if (consents.length > 0) {
    await tx
      .insertInto('consents')
      .values(consents.map((each) => ({ ...each, customer_id: stays })))
      .execute();
  }
  const rows = await tx
    .selectFrom('customer_preferences')
    .selectAll()
    .where('customer_id', 'in', [gone, stays])
    .execute();
  const [one, other] = rows.map((row) => ({
    preferences: preferencesIn(row.preferences),
    updatedAt: row.updated_at,
  }));
  if (one !== undefined) {
    const { preferences, updatedAt } = other === undefined ? one : mergePreferences(one, other);
    await tx.deleteFrom('customer_preferences').where('customer_id', 'in', [gone, stays]).execute();
    await tx
      .insertInto('customer_preferences')
      .values({ customer_id: stays, preferences: toJsonb(preferences), updated_at: updatedAt })
      .execute();
  }
  for (const table of ['consent_ledger', 'soft_bounces', 'privacy_requests'] as const) {
    await tx
      .updateTable(table)
      .set({ customer_id: stays })
      .where('customer_id', '=', gone)
      .execute();
  }
}
