import type { Client } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../outbox/relay/search-attributes';
import type { Logger } from '../logger';

/**
 * Adds the search attributes of enrollments to the namespace if they are missing.
 *
 * @returns false if they are missing and cannot be added
 */
export async function ensureSearchAttributes(client: Client, logger: Logger): Promise<boolean> {
  const { namespace } = client.options;
  const KEYWORD = 2;
  try {
    const { operatorService } = client.connection;
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    const missing = Object.keys(SEARCH_ATTRIBUTES).filter((name) => !(name in customAttributes));
    if (missing.length > 0) {
      await operatorService.addSearchAttributes({
        namespace,
        searchAttributes: Object.fromEntries(missing.map((name) => [name, KEYWORD])),
      });
    }
    return true;
  } catch (error) {
    logger.warn(
      { error },
      `Enrollments cannot be found by customer in the Web UI: add the search attributes ${Object.keys(SEARCH_ATTRIBUTES).join(', ')} (Keyword) to the namespace`,
    );
    return false;
  }
}
