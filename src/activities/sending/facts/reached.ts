import { sql } from 'kysely';
import { z } from 'zod';
import { isTransactional, TRANSACTIONAL } from '../../../domain/purpose';
import { defineFact, jsonRows } from './define-fact';

/** The window in which the same message to another customer at an address is a duplicate, in milliseconds. */
const SAME_MESSAGE_MS = 24 * 3_600_000;

const NEVER = new Date('9999-12-31T00:00:00Z');

/** Addresses at which another customer recently received the same marketing message. */
export const reached = defineFact({
  sql({ input, customer, addressKeys }) {
    const { purpose, now, template } = input;
    const since = isTransactional(purpose) ? NEVER : new Date(now - SAME_MESSAGE_MS);
    return jsonRows(sql`
      select m.channel, lower(m.address) as address from messages m
      where lower(m.address) = any(${addressKeys}) and m.decided_at > ${since}
        and m.purpose <> ${sql.lit(TRANSACTIONAL)} and m.template = ${template}
        and m.customer_id <> ${customer.id} and m.status not in ('failed', 'suppressed')`);
  },
  schema: z.array(z.object({ channel: z.string(), address: z.string() })),
});
