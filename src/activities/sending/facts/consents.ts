import { sql } from 'kysely';
import { z } from 'zod';
import type { ConsentRecord } from '../../../domain/consent/consent';
import { defineFact, jsonRows } from './define-fact';

/**
 * Consents to this purpose or to all purposes, including those of erased customers whose address is
 * now this customer's.
 */
export const consents = defineFact({
  sql: ({ input, customer, addressKeys }) =>
    jsonRows(sql`
      select channel, purpose, state, at from consents
      where customer_id = ${customer.id} and purpose in (${input.purpose}, '*')
      union all
      select channel, purpose, 'unsubscribed', at from erased_opt_outs
      where address_hash = any(${addressKeys}) and purpose in (${input.purpose}, '*')`),
  schema: z.array(
    z.object({
      channel: z.string() as unknown as z.ZodType<ConsentRecord['channel']>,
      purpose: z.string(),
      state: z.enum(['none', 'pending', 'subscribed', 'unsubscribed']),
      at: z.string(),
    }),
  ),
});
