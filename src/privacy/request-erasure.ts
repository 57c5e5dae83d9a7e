import { newId } from '../db/new-id';
import type { Ingest } from '../ingest/ingest';
import { lockCustomer } from '../events/lock-customer';

/**
 * Records that a customer requests their erasure, which a workflow carries out. A repeated request
 * joins the one that is open.
 *
 * @param source where they made it: `preference-centre` ...
 * @returns the id of the request
 * @throws {RequestError} `not-found` for a customer who no longer exists
 */
export function requestErasure(
  { ingest }: { readonly ingest: Ingest },
  given: string,
  { source, now }: { readonly source: string; readonly now: Date },
): Promise<string> {
  return ingest.transact(async (tx) => {
    const customerId = await lockCustomer(tx, given);
    const open = await tx
      .selectFrom('privacy_requests')
      .select('id')
      .where('customer_id', '=', customerId)
      .where('kind', '=', 'erase')
      .where('status', '=', 'open')
      .executeTakeFirst();
    if (open !== undefined) return open.id;
    const id = newId();
    await tx
      .insertInto('privacy_requests')
      .values({ id, customer_id: customerId, kind: 'erase', source, requested_at: now })
      .execute();
    return id;
  });
}
