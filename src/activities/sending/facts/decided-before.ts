import { sql } from 'kysely';
import { z } from 'zod';
import type { ChannelKind } from '../../../domain/channels/channel-kind';
import { defineFact } from './define-fact';

/** Times are ISO 8601 texts. */
const deferral = z.object({ at: z.string(), until: z.string(), reason: z.string() });

/** An earlier decision on this intent: one whose result was lost, or one to wait. */
export const decidedBefore = defineFact({
  sql: ({ input }) => sql`(
    select jsonb_build_object('outcome', d.outcome, 'reason', d.reason,
      'deferrals', d.deferrals, 'messageId', m.id, 'channel', m.channel,
      'provider', m.provider)
    from decisions d left join messages m on m.decision_id = d.id
    where d.id = ${input.decisionId})`,
  schema: z
    .object({
      outcome: z.enum(['send', 'skip', 'defer']),
      reason: z.string(),
      deferrals: z.array(deferral),
      messageId: z.string().nullable(),
      provider: z.string().nullable(),
      channel: (z.string() as unknown as z.ZodType<ChannelKind>).nullable(),
    })
    .nullable(),
});
