import { currentCustomer } from '../db/current-customer';
import { RequestError } from '../domain/errors';
import { SerializationConflict, type Tx } from '../db/transaction';

/**
 * The customer whom an id stands for now.
 *
 * @throws {RequestError} 404 where it is nobody's any more
 */
export async function survivorOf(tx: Tx, id: string): Promise<string> {
  const survivor = await currentCustomer(tx, id);
  if (survivor !== undefined) return survivor;
  throw new RequestError(
    404,
    'unknown-customer',
    'The customer is there no longer; they were erased meanwhile.',
  );
}

/**
 * Locks a customer's row, so that what is read of them afterwards holds until the transaction ends.
 *
 * @throws {SerializationConflict} when they were merged meanwhile; run the whole transaction again
 */
export async function lockCustomer(tx: Tx, id: string): Promise<void> {
  if (!(await lockIfThere(tx, id))) {
    throw new SerializationConflict('The customer was merged or erased meanwhile.');
  }
}

/** Locks a customer's row. @returns false for one who was merged or erased */
export async function lockIfThere(tx: Tx, id: string): Promise<boolean> {
  const row = await tx
    .selectFrom('customers')
    .select('merged_into')
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row?.merged_into === null;
}
