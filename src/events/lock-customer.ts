import { lockCurrentCustomer } from '../db/current-customer';
import type { Tx } from '../db/transaction';
import { RequestError } from '../domain/errors';

/**
 * Locks the row of the customer that an id now refers to, after merges, so that what is read
 * afterwards stays true until the transaction ends.
 *
 * @returns the customer's current id
 * @throws {RequestError} `not-found` if no customer has the id any more
 */
export async function lockCustomer(tx: Tx, id: string): Promise<string> {
  const customer = await lockCurrentCustomer(tx, id);
  if (customer !== undefined) return customer.id;
  throw new RequestError(
    'not-found',
    'unknown-customer',
    'The customer no longer exists; they were erased.',
  );
}
