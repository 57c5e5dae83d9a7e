import { newId } from '../db/new-id';
import type { Ingest } from '../ingest/accept';
import { lockCustomer } from '../events/lock-customer';

/**
 * Writes down that a customer wants to be erased; workers carry it out. Asked again before it is
 * done, it stays the one request.
 *
 * @param source where they asked: `preference-centre` ...
 * @throws {RequestError} `not-found` for a customer who is there no longer
 */
export function requestErasure(
  { ingest }: { readonly ingest: Ingest },
  given: string,
  { source, now }: { readonly source: string; readonly now: Date },
): Promise<void> {
  return ingest.transact(async (tx) => {
    const customerId = await lockCustomer(tx, given);
    const open = await tx
      .selectFrom('privacy_requests')
      .select('id')
      .where('customer_id', '=', customerId)
      .where('kind', '=', 'erase')
      .where('status', '=', 'open')
      .executeTakeFirst();
    if (open !== undefined) return;
    await tx
      .insertInto('privacy_requests')
      .values({ id: newId(), customer_id: customerId, kind: 'erase', source, requested_at: now })
      .execute();
  });
}
