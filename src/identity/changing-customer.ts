import { sql } from 'kysely';
import { recordset } from '../db/sql/recordset';
import type { Tx } from '../db/transaction';
import type { JsonObject } from '../domain/json';
import type { LockedCustomer } from './lock-customers';

/** A customer while the events of one transaction are applied. */
export interface ChangingCustomer {
  readonly id: string;
  traits: JsonObject;
  traitsChanged: boolean;
  timeZone: string | null;
  locale: string | null;
  changed: boolean;
}

/** The customers of a transaction before its events are applied: the created and the locked ones. */
export function customersBefore(
  created: ReadonlySet<string>,
  locked: readonly LockedCustomer[],
): Map<string, ChangingCustomer> {
  const customers = new Map<string, ChangingCustomer>();
  const unchanged = { traitsChanged: false, changed: false };
  for (const id of created) {
    customers.set(id, { id, traits: {}, timeZone: null, locale: null, ...unchanged });
  }
  for (const { id, traits, timeZone, locale } of locked) {
    customers.set(id, { id, traits: traits ?? {}, timeZone, locale, ...unchanged });
  }
  return customers;
}

/** Updates the customers that have changed, in one statement. */
export async function saveChangedCustomers(
  tx: Tx,
  customers: Iterable<ChangingCustomer>,
  now: Date,
): Promise<void> {
  const rows = [...customers]
    .filter(({ changed }) => changed)
    .map(({ id, traits, traitsChanged, timeZone, locale }) => ({
      id,
      // Traits may be large, so they are written only if they changed.
      traits: traitsChanged ? traits : null,
      time_zone: timeZone,
      locale,
    }));
  if (rows.length === 0) return;
  const values = recordset(rows, {
    id: 'text',
    traits: 'jsonb',
    time_zone: 'text',
    locale: 'text',
  });
  await sql`
    update customers c
    set traits = coalesce(r.traits, c.traits),
        time_zone = r.time_zone, locale = r.locale, updated_at = ${now}
    from ${values} as r
    where c.id = r.id`.execute(tx);
}
