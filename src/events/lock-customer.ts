import { lockCurrentCustomer } from '../db/current-customer';
import type { Tx } from '../db/transaction';
import { RequestError } from '../domain/errors';

/**
 * Locks the row of the customer whom an id stands for now, so that what is read of them afterwards
 * holds until the transaction ends.
 *
 * @returns their id
 * @throws {RequestError} `not-found` where the id is nobody's any more
 */
export async function lockCustomer(tx: Tx, id: string): Promise<string> {
  const customer = await lockCurrentCustomer(tx, id);
  if (customer !== undefined) return customer.id;
  throw new RequestError(
    'not-found',
    'unknown-customer',
    'The customer is there no longer; they were erased meanwhile.',
  );
}
