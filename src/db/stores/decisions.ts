import { sql, type Insertable, type QueryCreator } from 'kysely';
import { LAST } from '../eager-transactions';
import type { Database } from '../schema';
import type { Tx } from '../transaction';
import { insertAttempt } from './delivery-attempts';
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

/** Writes a decision, with the message and the first attempt that follow from it, in one statement. */
export async function writeDecision(
  tx: Tx,
  decision: NewDecision,
  sent?: {
    readonly message: NewMessage;
    readonly attempt?: Parameters<typeof insertAttempt>[1] | undefined;
  },
): Promise<void> {
  if (sent === undefined) {
    await upsertDecision(tx, decision).execute();
    return;
  }
  const attempt =
    sent.attempt === undefined ? sql`` : sql`, attempt as (${insertAttempt(tx, sent.attempt)})`;
  // Nothing follows in the transaction.
  await sql`/* prepared */ ${sql.raw(LAST)}
    with decision as (${upsertDecision(tx, decision)}) ${attempt}
    ${insertMessage(tx, sent.message)}`.execute(tx);
}

function upsertDecision(db: QueryCreator<Database>, decision: NewDecision) {
  const { outcome, reason, channel, candidates, basis, variant, cost } = decision;
  const { probability, deferrals, next_at, decided_at } = decision;
  const changed = { outcome, reason, channel, candidates, basis, variant, cost };
  return db
    .insertInto('decisions')
    .values(decision)
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet({ ...changed, probability, deferrals, next_at, decided_at }),
    );
}
