import { sql } from 'kysely';
import { z } from 'zod';
import { defineFact } from './define-fact';

export const enrollment = defineFact({
  sql: ({ input }) => sql`(
    select jsonb_build_object('ended', status <> 'active', 'holdout', holdout)
    from enrollments where id = ${input.enrollmentId})`,
  schema: z.object({ ended: z.boolean(), holdout: z.boolean() }).nullable(),
});
