import { sql } from 'kysely';
import { z } from 'zod';
import type { ConsentRecord } from '../../../domain/consent/consent';
import { defineFact, jsonRows } from './define-fact';

/**
 * What was said about this purpose or all of them, also by a customer who was erased since and had
 * an address that is this customer's now.
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
