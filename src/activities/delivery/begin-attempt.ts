import type { ChannelProvider, OutgoingMessage } from '../../channels/channel';
import type { Db, Tx } from '../../db/transaction';
import type { ChannelKind } from '../../domain/channel-kind';
import type { Clock } from '../../domain/clock';
import { consentGate, type ConsentRecord } from '../../domain/consent/consent';
import { isErased } from '../../domain/identity/erased';
import { isTransactional } from '../../domain/purpose';
import type { DeliverResult } from '../../journey/engine-activities';
import { messageLinks, type LinkSettings } from '../../links/message-links';
import type { AddressHasher } from '../../privacy/address-hash';
import { closeAttempt, fail } from './end-attempt';
import {
  releaseClaim,
  claimMessage,
  type FirstAttempt,
  type MessageToSend,
  type StoredConsent,
} from './first-attempt';

export interface AttemptDeps {
  readonly db: Db;
  readonly providers: ReadonlyMap<ChannelKind, ChannelProvider>;
  readonly links: LinkSettings;
  readonly clock: Clock;
  /** Names this process in the record of attempts. */
  readonly workerName: string;
  readonly hasher: AddressHasher;
}

export type Begun = { readonly do: 'answer'; readonly result: DeliverResult } | BegunAttempt;

/** An attempt that is written down; its provider is to be called. */
export interface BegunAttempt {
  readonly do: 'call';
  readonly number: number;
  readonly provider: ChannelProvider;
  readonly message: OutgoingMessage;
}

/**
 * Begins the first attempt of a message that nobody has tried, which nearly all are, in one
 * statement. Undefined where the long way has to be gone.
 */
export async function beginFirst(
  deps: AttemptDeps,
  messageId: string,
  attempt: FirstAttempt,
): Promise<BegunAttempt | undefined> {
  const row = await claimMessage(deps.db, messageId, attempt, deps.clock.now());
  const provider = row === undefined ? undefined : deps.providers.get(row.channel);
  if (row === undefined || provider === undefined) return undefined;
  if (consentNow(row, row.consents).pass) {
    return {
      do: 'call',
      number: 1,
      provider,
      message: toOutgoing(deps.links, row),
    };
  }
  await releaseClaim(deps.db, messageId);
  return undefined;
}

/**
 * Begins the next attempt of a message, by what became of those before: an attempt without an
 * outcome was cut off by a crash, and nobody knows whether the provider took the message. Marketing
 * is then given up as `unknown`, transactional mail is sent again and marked as a repeat.
 */
export async function beginNext(tx: Tx, deps: AttemptDeps, messageId: string): Promise<Begun> {
  const row = await tx
    .selectFrom('messages')
    .selectAll()
    .where('id', '=', messageId)
    .forUpdate()
    .executeTakeFirst();
  // An erasure takes a message's address and words; there is then nothing left to deliver.
  if (row === undefined || isErased(row.customer_id))
    return answer({ status: 'failed', reason: 'erased' });
  const now = deps.clock.now();
  const transactional = isTransactional(row.purpose);
  switch (row.status) {
    case 'sent':
    case 'delivered':
    case 'bounced':
      return answer({ status: 'sent' });
    case 'failed':
    case 'suppressed':
      return answer({ status: 'failed', reason: row.error ?? row.status });
    case 'unknown':
      if (!transactional) return answer({ status: 'unknown', reason: 'unknown-outcome' });
      break;
    case 'sending':
      if (!transactional) {
        await closeAttempt(
          tx,
          messageId,
          row.attempts,
          now,
          'unknown',
          'cut off before its outcome',
        );
        await tx
          .updateTable('messages')
          .set({ status: 'unknown', error: 'unknown-outcome' })
          .where('id', '=', messageId)
          .execute();
        return answer({ status: 'unknown', reason: 'unknown-outcome' });
      }
      await closeAttempt(tx, messageId, row.attempts, now, 'unknown', 'cut off before its outcome');
      break;
    case 'decided':
      break;
  }
  const provider = deps.providers.get(row.channel);
  if (provider === undefined) {
    return answer(await fail(tx, messageId, 'failed', 'no-provider'));
  }
  const withdrawn = transactional
    ? await suppressedNow(tx, deps.hasher, row)
    : await withdrawnNow(tx, deps.hasher, row);
  if (withdrawn !== undefined) return answer(await fail(tx, messageId, 'failed', withdrawn));

  const repeat = row.status === 'sending' || row.status === 'unknown' || row.repeated;
  const number = row.attempts + 1;
  await tx
    .updateTable('messages')
    .set({ status: 'sending', attempts: number, provider: provider.name, repeated: repeat })
    .where('id', '=', messageId)
    .execute();
  await tx
    .insertInto('delivery_attempts')
    .values({
      message_id: messageId,
      attempt: number,
      provider: provider.name,
      worker: deps.workerName,
      repeat,
      started_at: now,
    })
    .execute();
  return {
    do: 'call',
    number,
    provider,
    message: toOutgoing(deps.links, row, repeat),
  };
}

/** What a provider gets of a message. */
export function toOutgoing(
  settings: LinkSettings,
  row: MessageToSend,
  repeat = false,
): OutgoingMessage {
  const links = messageLinks(settings, {
    messageId: row.id,
    customerId: row.customer_id,
    channel: row.channel,
    purpose: row.purpose,
    decidedAt: row.decided_at,
  });
  return {
    id: row.id,
    customerId: row.customer_id,
    address: row.address,
    purpose: row.purpose,
    content: row.content,
    decidedAt: row.decided_at,
    repeat,
    ...(links.unsubscribe !== undefined && { unsubscribeUrl: links.unsubscribe }),
    ...(links.unsubscribeMail !== undefined && { unsubscribeMail: links.unsubscribeMail }),
  };
}

function answer(result: DeliverResult): Begun {
  return { do: 'answer', result };
}

async function suppressedNow(
  tx: Tx,
  hasher: AddressHasher,
  { channel, address }: { readonly channel: string; readonly address: string },
): Promise<string | undefined> {
  const row = await tx
    .selectFrom('suppressions')
    .select('reason')
    .where('channel', '=', channel)
    .where('address', 'in', [address.toLowerCase(), ...hasher.hashes(address)])
    .executeTakeFirst();
  return row === undefined ? undefined : 'suppressed';
}

/** A retry may come hours after the decision: what has been withdrawn since must not go out. */
async function withdrawnNow(
  tx: Tx,
  hasher: AddressHasher,
  row: {
    readonly channel: ChannelKind;
    readonly address: string;
    readonly enrollment_id: string;
    readonly customer_id: string;
    readonly purpose: string;
  },
): Promise<string | undefined> {
  const suppressed = await suppressedNow(tx, hasher, row);
  if (suppressed !== undefined) return suppressed;
  const consents = await tx
    .selectFrom('consents')
    .select(['channel', 'purpose', 'state', 'at'])
    .where('customer_id', '=', row.customer_id)
    .execute();
  const gate = consentNow(row, consents);
  return gate.pass ? undefined : gate.reason;
}

function consentNow(
  { purpose, channel }: { readonly purpose: string; readonly channel: ChannelKind },
  consents: readonly StoredConsent[],
) {
  return consentGate({
    purpose,
    channel,
    consents: consents.map((each) => ({
      ...each,
      channel: each.channel as ConsentRecord['channel'],
      at: new Date(each.at),
    })),
    suppressed: false,
  });
}
