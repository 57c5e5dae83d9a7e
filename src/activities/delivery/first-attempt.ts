import { sql, type Selectable } from 'kysely';
import type { Database } from '../../db/schema';
import type { Db } from '../../db/transaction';
import type { AddressHasher } from '../../privacy/address-hash';
import { cutText } from '../../domain/cut-text';
import type { ConsentState } from '../../domain/consent/consent';

/** A consent as Postgres gives it in JSON; the time is an ISO 8601 text. */
export interface StoredConsent {
  readonly channel: string;
  readonly purpose: string;
  readonly state: ConsentState;
  readonly at: string | Date;
}

export type MessageToSend = Pick<
  Selectable<Database['messages']>,
  'id' | 'customer_id' | 'channel' | 'purpose' | 'address' | 'content' | 'decided_at'
>;

export type TakenMessage = MessageToSend & { readonly consents: readonly StoredConsent[] };

export interface FirstAttempt {
  /** The name of the provider by channel, as JSON. */
  readonly providers: string;
  readonly worker: string;
  readonly hasher: AddressHasher;
}

/**
 * Takes a message that was decided and never tried, and writes its first attempt down. Gives it with
 * the consents that could speak against it by now; what is suppressed is not taken.
 */
export async function claimMessage(
  db: Db,
  messageId: string,
  { providers, worker, hasher }: FirstAttempt,
  now: Date,
): Promise<TakenMessage | undefined> {
  const { rows } = await sql<TakenMessage>`
    /* prepared */ with taken as (
      update messages m
      set status = 'sending', attempts = 1, provider = ${providers}::jsonb ->> m.channel
      where m.id = ${messageId} and m.status = 'decided' and m.attempts = 0
        and ${providers}::jsonb ? m.channel
        and not exists (select from suppressions s
          where s.channel = m.channel and s.address = any(lower(m.address) || array(
            select ${hasher.prefix} || keyed_hash(k.inside, k.outside, lower(trim(m.address)))
            from unnest(${hasher.blocks.inner}::bytea[], ${hasher.blocks.outer}::bytea[])
              as k (inside, outside))))
      returning *),
    begun as (
      insert into delivery_attempts (message_id, attempt, provider, worker, repeat, started_at)
      select id, 1, provider, ${worker}, false, ${now} from taken)
    select t.id, t.customer_id, t.channel, t.purpose, t.address, t.content, t.decided_at,
      (select coalesce(json_agg(json_build_object(
          'channel', c.channel, 'purpose', c.purpose, 'state', c.state, 'at', c.at)), '[]')
        from consents c where c.customer_id = t.customer_id) as consents
    from taken t`.execute(db);
  return rows[0];
}

/** Makes a taken message one that was never tried again. */
export async function releaseClaim(db: Db, messageId: string): Promise<void> {
  await sql`
    /* prepared */ with undone as (
      delete from delivery_attempts
      where message_id = ${messageId} and attempt = 1 and ended_at is null)
    update messages set status = 'decided', attempts = 0
    where id = ${messageId} and status = 'sending' and attempts = 1`.execute(db);
}

/** Writes down that a provider took a message. Its own report may have overtaken its answer. */
export async function markSent(
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
    where id = ${id} and status in ('sending', 'unknown', 'decided')`.execute(db);
}
