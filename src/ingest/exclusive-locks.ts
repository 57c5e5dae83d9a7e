import { SerializationConflict } from '../db/transaction';
import { NeedsExclusiveLock } from '../identity/lock-identifiers';

/** How often a transaction restarts with more identifiers locked exclusively. */
const MAX_RESTARTS = 10;

/**
 * Runs a transaction again with more identifiers locked exclusively, as often as it finds further
 * customers to merge.
 *
 * @param first values of identifiers to lock exclusively from the start
 */
export async function withExclusiveLocks<T>(
  first: readonly string[],
  work: (exclusive: ReadonlySet<string>) => Promise<T>,
): Promise<T> {
  let exclusive: ReadonlySet<string> = new Set(first);
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(exclusive);
    } catch (error) {
      if (!(error instanceof NeedsExclusiveLock)) throw error;
      if (attempt >= MAX_RESTARTS) throw new SerializationConflict(error.message);
      exclusive = new Set([...exclusive, ...error.values]);
    }
  }
}
