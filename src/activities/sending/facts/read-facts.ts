import { sql } from 'kysely';
import { z } from 'zod';
import { prepared } from '../../../db/sql/prepared';
import type { Tx } from '../../../db/transaction';
import { aboutEvent } from './about-event';
import { consents } from './consents';
import { decidedBefore } from './decided-before';
import type { Subject } from './define-fact';
import { enrollment } from './enrollment';
import { preferences } from './preferences';
import { reached } from './reached';
import { sent } from './sent';
import { sharedWith } from './shared-with';
import { suppressed } from './suppressed';

/** All facts that a decision reads. */
const FACTS = {
  decidedBefore,
  enrollment,
  consents,
  sent,
  suppressed,
  reached,
  sharedWith,
  preferences,
  aboutEvent,
};

const row = z.object({
  decidedBefore: decidedBefore.schema,
  enrollment: enrollment.schema,
  consents: consents.schema,
  sent: sent.schema,
  suppressed: suppressed.schema,
  reached: reached.schema,
  sharedWith: sharedWith.schema,
  preferences: preferences.schema,
  aboutEvent: aboutEvent.schema,
} satisfies Record<keyof typeof FACTS, z.ZodType>);

export type FactRow = z.infer<typeof row>;

/** Reads and validates all facts in one statement. */
export async function readFacts(tx: Tx, subject: Subject): Promise<FactRow> {
  const columns = Object.entries(FACTS).map(
    ([name, fact]) => sql`${fact.sql(subject)} as ${sql.ref(name)}`,
  );
  const { rows } = await prepared`select ${sql.join(columns)}`.execute(tx);
  return row.parse(rows[0]);
}
