import { sql } from 'kysely';
import { z } from 'zod';
import type { ChannelKind } from '../../../domain/channels/channel-kind';
import { TRANSACTIONAL } from '../../../domain/purpose';
import { defineFact, jsonRows } from './define-fact';

/** Marketing messages that count towards caps: all except those that were certainly not sent. */
export const sent = defineFact({
  sql: ({ customer, countedSince }) =>
    jsonRows(sql`
      select decided_at as at, channel, purpose from messages
      where customer_id = ${customer.id} and decided_at > ${countedSince}
        and purpose <> ${TRANSACTIONAL} and status not in ('failed', 'suppressed')`),
  schema: z.array(
    z.object({
      at: z.string(),
      channel: z.string() as unknown as z.ZodType<ChannelKind>,
      purpose: z.string(),
    }),
  ),
});
