import { sql, type Insertable, type QueryCreator } from 'kysely';
import type { Exposure } from '../../domain/experiments/exposure';
import { lastOf } from '../sql/last-of';
import { prepared } from '../sql/prepared';
import type { Database } from '../schema';
import type { Tx } from '../transaction';
import { insertAttempt } from './delivery-attempts';
import { insertExposures } from './exposures';
import { insertMessage, type NewMessage } from './messages';

/**
 * The owner of the table `decisions`: one row per intent to send.
 *
 * | outcome | meaning                                      | next outcome                          |
 * | ------- | -------------------------------------------- | ------------------------------------- |
 * | `defer` | the message waits until `next_at`            | any, when it is decided again; each   |
 * |         |                                              | wait is appended to `deferrals`       |
 * | `send`  | a message was created, in the same statement | final                                 |
 * | `skip`  | the customer is not contacted                | final                                 |
 *
 * The caller holds the customer's row lock.
 */
export type NewDecision = Insertable<Database['decisions']>;

/**
 * Writes a decision, with its exposures and with the message and the first attempt that follow from
 * it, in one statement.
 */
export async function writeDecision(
  tx: Tx,
  decision: NewDecision,
  {
    exposures,
    message,
    attempt,
  }: {
    readonly exposures: readonly Exposure[];
    readonly message?: NewMessage;
    readonly attempt?: Parameters<typeof insertAttempt>[1] | undefined;
  },
): Promise<void> {
  const upsert = upsertDecision(tx, decision);
  const parts = [
    ...(message === undefined ? [] : [sql`decision as (${upsert})`]),
    ...(attempt === undefined ? [] : [sql`attempt as (${insertAttempt(tx, attempt)})`]),
    ...(exposures.length === 0 ? [] : [sql`exposed as (${insertExposures(decision, exposures)})`]),
  ];
  const written = message === undefined ? upsert : insertMessage(tx, message);
  await lastOf(prepared`
    ${parts.length === 0 ? sql`` : sql`with ${sql.join(parts)}`}
    ${written}`).execute(tx);
}

function upsertDecision(db: QueryCreator<Database>, decision: NewDecision) {
  const { outcome, reason, channel, candidates, basis, policy_version, variant, cost } = decision;
  const { probability, deferrals, next_at, decided_at } = decision;
  const changed = { outcome, reason, channel, candidates, basis, policy_version, variant, cost };
  return db
    .insertInto('decisions')
    .values(decision)
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet({ ...changed, probability, deferrals, next_at, decided_at }),
    );
}
