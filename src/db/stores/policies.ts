import type { DecisionPolicy } from '../../domain/decision/policy';
import { toJsonb } from '../schema';
import type { Db } from '../transaction';

/**
 * The owner of the table `policies`: the policies that decisions were made under, by the hash of
 * their content. A row is written once, before the first decision of its version, and never changed.
 */
export async function storePolicy(
  db: Db,
  version: string,
  policy: DecisionPolicy,
  now: Date,
): Promise<void> {
  await db
    .insertInto('policies')
    .values({ version, policy: toJsonb(policy), stored_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
