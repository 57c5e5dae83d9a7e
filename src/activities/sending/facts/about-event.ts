import { sql } from 'kysely';
import { z } from 'zod';
import { defineFact, jsonObject } from './define-fact';

/** The event that the message is about; templates may use its properties. */
export const aboutEvent = defineFact({
  sql: ({ input }) => sql`(
    select jsonb_build_object('name', name, 'properties', properties, 'occurredAt', occurred_at)
    from events where id = ${input.aboutEventId})`,
  schema: z.object({ name: z.string(), properties: jsonObject, occurredAt: z.string() }).nullable(),
});
