import { sql, type Selectable } from 'kysely';
import type { Database } from '../db/schema';
import type { Db } from '../db/transaction';
import { cutText } from '../domain/cut-text';
import type { ConsentState } from '../domain/consent/consent';

/** A consent as Postgres gives it in JSON; the time is an ISO 8601 text. */
export interface StoredConsent {
  readonly channel: string;
  readonly purpose: string;
  readonly state: ConsentState;
  readonly at: string | Date;
}

export type UntriedMessage = Pick<
  Selectable<Database['messages']>,
  'id' | 'customer_id' | 'channel' | 'purpose' | 'address' | 'content' | 'decided_at'
> & {
  /** Whether its address may not be written to any more. */
  readonly suppressed: boolean;
  readonly consents: readonly StoredConsent[];
};

/** A message that was decided and never tried, with what could speak against it by now. */
export async function readUntried(db: Db, messageId: string): Promise<UntriedMessage | undefined> {
  const { rows } = await sql<UntriedMessage>`
    /* prepared */ select m.id, m.customer_id, m.channel, m.purpose, m.address, m.content, m.decided_at,
      exists (select from suppressions s
        where s.channel = m.channel and s.address = lower(m.address)) as suppressed,
      (select coalesce(json_agg(json_build_object(
          'channel', c.channel, 'purpose', c.purpose, 'state', c.state, 'at', c.at)), '[]')
        from consents c where c.customer_id = m.customer_id) as consents
    from messages m where m.id = ${messageId} and m.status = 'decided' and m.attempts = 0`.execute(
    db,
  );
  return rows[0];
}

/**
 * Takes a message that is still as it was read, and writes its first attempt down.
 *
 * @returns false where somebody else took or withdrew it meanwhile
 */
export async function beginUntried(
  db: Db,
  messageId: string,
  attempt: { readonly provider: string; readonly worker: string },
  now: Date,
): Promise<boolean> {
  const { provider, worker } = attempt;
  const { rows } = await sql`
    /* prepared */ with taken as (
      update messages set status = 'sending', attempts = 1, provider = ${provider}
      where id = ${messageId} and status = 'decided' and attempts = 0
      returning id)
    insert into delivery_attempts (message_id, attempt, provider, worker, repeat, started_at)
    select id, 1, ${provider}, ${worker}, false, ${now} from taken
    returning message_id`.execute(db);
  return rows.length === 1;
}

/** Writes down that a provider took a message. Its own report may have overtaken its answer. */
export async function noteSent(
  db: Db,
  attempt: { readonly number: number; readonly message: { readonly id: string } },
  now: Date,
  receipt: { readonly response: string; readonly providerMessageId: string | null },
): Promise<void> {
  const { id } = attempt.message;
  await sql`
    /* prepared */ with ended as (
      update delivery_attempts
      set ended_at = ${now}, outcome = 'sent', response = ${cutText(receipt.response, 500)}
      where message_id = ${id} and attempt = ${attempt.number} and ended_at is null)
    update messages
    set status = 'sent', sent_at = ${now}, error = null,
      provider_message_id = ${receipt.providerMessageId}
    where id = ${id} and status in ('sending', 'unknown')`.execute(db);
}
