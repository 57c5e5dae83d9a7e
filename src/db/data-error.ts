import { isPostgresCode, isTransientDbError } from './postgres-errors';

/**
 * Whether an error may be caused by the data of one item of a batch, as opposed to the state of the
 * database or the network: the item fails again when it is retried, the others do not.
 */
export function isDataError(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && isPostgresCode(code) && !isTransientDbError(code);
}

/**
 * Runs work for a batch of items. If it fails because of the data of some item, runs the items one
 * by one instead, so that only the faulty ones fail.
 *
 * @param together all the work; it must have no effects if it fails
 * @param items the batch, which may be known only after `together` has run
 * @param alone the work for one item; an error that it throws ends the loop
 * @returns the result for the batch, or one result per item
 */
export async function togetherOrOneByOne<Item, Result>(
  together: () => Promise<Result>,
  items: () => readonly Item[],
  alone: (item: Item) => Promise<Result>,
  isItemError: (error: unknown) => boolean = isDataError,
): Promise<readonly Result[]> {
  try {
    return [await together()];
  } catch (error) {
    const batch = items();
    if (batch.length === 0 || !isItemError(error)) throw error;
    const results: Result[] = [];
    for (const item of batch) results.push(await alone(item));
    return results;
  }
}
