import { sql, type Insertable, type QueryCreator, type RawBuilder } from 'kysely';
import { cutText } from '../../domain/cut-text';
import type { Database } from '../schema';
import type { Tx } from '../transaction';

/**
 * The owner of the table `delivery_attempts`: one row per attempt to hand a message to its provider,
 * numbered from 1. It is inserted before the provider is called, so that a crash leaves a trace.
 *
 * | state     | columns                           | entered when                                    |
 * | --------- | --------------------------------- | ----------------------------------------------- |
 * | in flight | `ended_at` is null                | the attempt begins, with the message's claim    |
 * | ended     | `ended_at`, `outcome`, `response` | the provider answered, or the attempt was found |
 * |           |                                   | to be cut off (`unknown`)                       |
 * | (none)    |                                   | a claim is released before the provider was     |
 * |           |                                   | called                                          |
 *
 * An attempt ends once: an answer that arrives after the attempt was declared cut off changes nothing
 * here. Erasure and retention remove `response`, which may quote an address.
 */
export type AttemptOutcome = 'sent' | 'transient' | 'permanent' | 'suppressed' | 'unknown';

/** The first attempt of the messages that a common table expression claims, as its next statement. */
export function firstAttemptsOf(claimed: string, worker: string, now: Date): RawBuilder<unknown> {
  return sql`
    insert into delivery_attempts (message_id, attempt, provider, worker, repeat, started_at)
    select id, 1, provider, ${worker}, false, ${now} from ${sql.table(claimed)}`;
}

/** The insertion of one attempt, to be executed or composed into a larger statement. */
export function insertAttempt(
  db: QueryCreator<Database>,
  attempt: Omit<Insertable<Database['delivery_attempts']>, 'ended_at' | 'outcome' | 'response'>,
) {
  return db.insertInto('delivery_attempts').values(attempt);
}

/** Deletes a first attempt whose provider was never called; part of a larger statement. */
export function deleteFirstAttempt(messageId: string): RawBuilder<unknown> {
  return sql`
    delete from delivery_attempts
    where message_id = ${messageId} and attempt = 1 and ended_at is null`;
}

export interface EndedAttempt {
  readonly messageId: string;
  readonly number: number;
  readonly at: Date;
  readonly outcome: AttemptOutcome;
  /** What the provider said, cut to 500 characters. */
  readonly response: string;
}

/** Records how an attempt ended, unless its end is recorded already; part of a larger statement. */
export function attemptEnd(ended: EndedAttempt): RawBuilder<unknown> {
  return sql`
    update delivery_attempts
    set ended_at = ${ended.at}, outcome = ${ended.outcome},
      response = ${cutText(ended.response, 500)}
    where message_id = ${ended.messageId} and attempt = ${ended.number} and ended_at is null`;
}

export async function endAttempt(tx: Tx, ended: EndedAttempt): Promise<void> {
  await attemptEnd(ended).execute(tx);
}

/** Removes the providers' answers about some messages; part of a larger statement. */
export function dropResponses(messageIds: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`update delivery_attempts set response = null where message_id in (${messageIds})`;
}
