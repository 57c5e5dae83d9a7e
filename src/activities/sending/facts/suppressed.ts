import { sql } from 'kysely';
import { z } from 'zod';
import { defineFact, jsonRows } from './define-fact';

/** The customer's suppressed addresses; `address` is one of the subject's keys. */
export const suppressed = defineFact({
  sql: ({ input, addressKeys }) =>
    jsonRows(sql`
      select channel, address from suppressions
      where channel = any(${[...input.via]}) and address = any(${addressKeys})`),
  schema: z.array(z.object({ channel: z.string(), address: z.string() })),
});
