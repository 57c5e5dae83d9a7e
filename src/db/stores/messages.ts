import { sql, type Insertable, type QueryCreator, type RawBuilder, type Selectable } from 'kysely';
import { prepared } from '../sql/prepared';
import type { ConsentState } from '../../domain/consent/consent';
import { cutText } from '../../domain/cut-text';
import type { Database, MessageStatus } from '../schema';
import type { Db, Tx } from '../transaction';
import type { AddressHasher } from './address-hash';
import {
  attemptEnd,
  deleteFirstAttempt,
  dropResponses,
  firstAttemptsOf,
} from './delivery-attempts';
import { insertAttempt } from './delivery-attempts';
import { isSuppressedSql } from './suppressions';
import { insertSentTouch, TOUCH_DIMENSIONS } from './touches';

/**
 * The owner of the table `messages`. A message is created by its decision, delivered in attempts, and
 * then reported on by its provider.
 *
 * | status       | meaning                                       | next status                          |
 * | ------------ | --------------------------------------------- | ------------------------------------ |
 * | `decided`    | waits for its first or next attempt           | `sending`; `failed` (withdrawn,      |
 * |              |                                               | forbidden since, erased)             |
 * | `sending`    | an attempt is in flight, or was cut off       | `sent`; `decided` (transient failure |
 * |              |                                               | or released claim); `failed`,        |
 * |              |                                               | `suppressed` (refused); `unknown`    |
 * | `unknown`    | nobody knows whether the provider took it     | `sending` (transactional only);      |
 * |              |                                               | `sent` (the answer came late)        |
 * | `failed`     | given up: it certainly reached nobody         | final for deliveries                 |
 * | `suppressed` | refused, and its address must not be used     | final for deliveries                 |
 * | `sent`       | the provider took it                          | `delivered`, `bounced`               |
 * | `delivered`  | the provider reported its arrival             | `bounced`                            |
 * | `bounced`    | the provider reported that it came back       | final                                |
 *
 * A decision creates `decided`, or `sending` with the first attempt. Deliveries cause everything up
 * to `sent`, and only under the row lock or with the expected status in the condition. Reports cause
 * `delivered` and `bounced` from any status. A status only advances: no delivery moves a message that
 * has been reported on, and a late report moves none back (`delivered` after `bounced`). An erasure
 * turns `decided` into `failed` and empties the row; see privacy/personal-data.ts.
 */
export type NewMessage = Insertable<Database['messages']>;

/** What a delivery needs to know about a message. */
export type MessageToSend = Pick<
  Selectable<Database['messages']>,
  'id' | 'customer_id' | 'channel' | 'purpose' | 'address' | 'content' | 'decided_at'
>;

/** A consent as Postgres returns it in JSON; the time is an ISO 8601 text. */
export interface StoredConsent {
  readonly channel: string;
  readonly purpose: string;
  readonly state: ConsentState;
  readonly at: string | Date;
}

export type ClaimedMessage = MessageToSend & { readonly consents: readonly StoredConsent[] };

/** The insertion of a message, to be composed into the statement that writes its decision. */
export function insertMessage(db: QueryCreator<Database>, message: NewMessage) {
  return db.insertInto('messages').values(message);
}

export interface Claimant {
  /** The provider that the message was given to. */
  readonly provider: string;
  /** Names the process in the record of attempts. */
  readonly worker: string;
  readonly hasher: AddressHasher;
}

/**
 * Claims a message that was decided and never attempted, and records its first attempt. Returns it
 * with the consents that may forbid it by now; a suppressed message is not claimed.
 */
export async function claimMessage(
  db: Db,
  messageId: string,
  { provider, worker, hasher }: Claimant,
  now: Date,
): Promise<ClaimedMessage | undefined> {
  const suppressed = isSuppressedSql(hasher, sql`m.channel`, sql`m.address`);
  const { rows } = await prepared<ClaimedMessage>`with claimed as (
      update messages m
      set status = 'sending', attempts = 1
      where m.id = ${messageId} and m.status = 'decided' and m.attempts = 0
        and m.provider = ${provider} and not ${suppressed}
      returning *),
    begun as (${firstAttemptsOf('claimed', worker, now)})
    select c.id, c.customer_id, c.channel, c.purpose, c.address, c.content, c.decided_at,
      (select coalesce(json_agg(json_build_object(
          'channel', s.channel, 'purpose', s.purpose, 'state', s.state, 'at', s.at)), '[]')
        from consents s where s.customer_id = c.customer_id) as consents
    from claimed c`.execute(db);
  return rows[0];
}

/** Undoes a claim whose provider was not called: the message was never attempted. */
export async function releaseClaim(db: Db, messageId: string): Promise<void> {
  await prepared`with undone as (${deleteFirstAttempt(messageId)})
    update messages set status = 'decided', attempts = 0
    where id = ${messageId} and status = 'sending' and attempts = 1`.execute(db);
}

export async function lockMessage(
  tx: Tx,
  messageId: string,
): Promise<Selectable<Database['messages']> | undefined> {
  return tx
    .selectFrom('messages')
    .selectAll()
    .where('id', '=', messageId)
    .forUpdate()
    .executeTakeFirst();
}

/** Begins the next attempt of a locked message. */
export async function beginAttempt(
  tx: Tx,
  messageId: string,
  attempt: {
    readonly number: number;
    readonly provider: string;
    /** Of this provider, in the shop's currency. */
    readonly cost: number;
    readonly worker: string;
    /** Whether the provider may have taken the message in an earlier attempt. */
    readonly repeat: boolean;
    readonly at: Date;
  },
): Promise<void> {
  const { number, provider, cost, worker, repeat, at } = attempt;
  await tx
    .updateTable('messages')
    .set({ status: 'sending', attempts: number, provider, cost, repeated: repeat })
    .where('id', '=', messageId)
    .execute();
  await insertAttempt(tx, {
    message_id: messageId,
    attempt: number,
    provider,
    worker,
    repeat,
    started_at: at,
  }).execute();
}

/**
 * Records that a provider took a message. A report that overtook the provider's answer has advanced
 * the status already; it stays, and the message keeps the provider's id all the same.
 */
export async function markSent(
  db: Db,
  sent: {
    readonly messageId: string;
    readonly attempt: number;
    readonly at: Date;
    readonly response: string;
    readonly providerMessageId: string | null;
  },
): Promise<void> {
  const { messageId, attempt: number, at, response, providerMessageId } = sent;
  const end = attemptEnd({ messageId, number, at, outcome: 'sent', response });
  await prepared`with ended as (${end}),
    sent as (
      update messages
      set sent_at = ${at}, provider_message_id = ${providerMessageId},
        provider = coalesce((
          select a.provider from delivery_attempts a
          where a.message_id = messages.id and a.attempt = ${number}), provider),
        status = case when status in ('delivered', 'bounced') then status else 'sent' end,
        error = case when status in ('delivered', 'bounced') then error end
      where id = ${messageId} and sent_at is null
        and status in ('sending', 'unknown', 'decided', 'delivered', 'bounced')
      returning id, ${TOUCH_DIMENSIONS})
    ${insertSentTouch('sent', at)}`.execute(db);
}

/**
 * Records what a failed attempt leaves of a locked message; `error` is cut to 500 characters.
 *
 * @param nextProvider who makes the next attempt; the same provider where absent
 */
export async function markNotSent(
  tx: Tx,
  messageId: string,
  status: Extract<MessageStatus, 'decided' | 'failed' | 'suppressed' | 'unknown'>,
  error: string,
  nextProvider?: string,
): Promise<void> {
  await tx
    .updateTable('messages')
    .set({
      status,
      error: cutText(error, 500),
      ...(nextProvider !== undefined && { provider: nextProvider }),
    })
    .where('id', '=', messageId)
    .execute();
}

/**
 * Gives a message that waits for an attempt to another provider.
 *
 * @returns whether it waited
 */
export async function assignProvider(
  db: Db,
  messageId: string,
  provider: string,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('messages')
    .set({ provider })
    .where('id', '=', messageId)
    .where('status', '=', 'decided')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/**
 * Gives up a message that no provider has taken. One whose attempt is in flight is marked, and given
 * up only if that attempt fails.
 */
export async function withdrawMessage(db: Db, messageId: string, reason: string): Promise<void> {
  await db
    .updateTable('messages')
    .set({ status: sql`case status when 'decided' then 'failed' else status end`, error: reason })
    .where('id', '=', messageId)
    .where('status', 'in', ['decided', 'sending'])
    .execute();
}

/**
 * Records the arrival that a provider reports, once. Part of a larger statement: it returns the
 * message's `channel` and its `address` in lower case.
 */
export function recordDelivered(messageId: string, at: Date): RawBuilder<unknown> {
  return sql`
    update messages
    set status = case status when 'bounced' then status else 'delivered' end, delivered_at = ${at}
    where id = ${messageId} and delivered_at is null
    returning channel, lower(address) as address`;
}

export async function recordBounced(tx: Tx, messageId: string): Promise<void> {
  await tx.updateTable('messages').set({ status: 'bounced' }).where('id', '=', messageId).execute();
}

/** Records when a message was first opened. */
export async function recordOpened(tx: Tx, messageId: string, at: Date): Promise<void> {
  await tx
    .updateTable('messages')
    .set({ opened_at: at })
    .where('id', '=', messageId)
    .where('opened_at', 'is', null)
    .execute();
}

/** Records when a link in a message was first clicked. */
export async function recordClicked(tx: Tx, messageId: string, at: Date): Promise<void> {
  await tx
    .updateTable('messages')
    .set({ clicked_at: at })
    .where('id', '=', messageId)
    .where('clicked_at', 'is', null)
    .execute();
}

/** Ends the deliveries of an erased customer that were cut off: their outcome stays unknown. */
export async function abandonDeliveries(db: Db, customerId: string): Promise<void> {
  await db
    .updateTable('messages')
    .set({ status: 'unknown' })
    .where('customer_id', '=', customerId)
    .where('status', '=', 'sending')
    .execute();
}

/**
 * Removes content and address of messages that were decided in [from, to), and what providers said
 * about them; the rows stay. @returns how many were emptied, at most `limit`
 */
export async function emptyMessages(
  db: Db,
  { from, to, limit }: { readonly from: Date; readonly to: Date; readonly limit: number },
): Promise<number> {
  const { rows } = await sql<{ emptied: number }>`
    with old as (
      select id from messages
      where decided_at >= ${from} and decided_at < ${to} and (content <> '{}' or address <> '')
      limit ${limit} for update),
    attempts as (${dropResponses(sql`select id from old`)}),
    emptied as (
      update messages set content = '{}', address = '', provider_message_id = null,
        error = case when error ~ '^(refused|suppressed):' then split_part(error, ':', 1)
          when error ~ '^[a-z-]+$' then error end
      where id in (select id from old) returning 1)
    select count(*)::int as emptied from emptied`.execute(db);
  return rows[0]?.emptied ?? 0;
}
