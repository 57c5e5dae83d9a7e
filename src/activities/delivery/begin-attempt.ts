import type { ChannelProvider, OutgoingMessage } from '../../channels/channel';
import { toOutgoing } from '../../channels/outgoing-message';
import type { MessageStatus } from '../../db/schema';
import type { Db, Tx } from '../../db/transaction';
import type { ChannelKind } from '../../domain/channels/channel-kind';
import type { Clock } from '../../domain/clock';
import { consentGate, type ConsentRecord } from '../../domain/consent/consent';
import { isErased } from '../../domain/identity/erased';
import { isTransactional } from '../../domain/purpose';
import type { DeliverResult } from '../../journey/engine-activities';
import { messageLinks, type LinkSettings } from '../../links/message-links';
import type { AddressHasher } from '../../db/stores/address-hash';
import { endAttempt } from '../../db/stores/delivery-attempts';
import {
  beginAttempt,
  claimMessage,
  lockMessage,
  markNotSent,
  releaseClaim,
  type MessageToSend,
  type StoredConsent,
} from '../../db/stores/messages';
import { isSuppressed } from '../../db/stores/suppressions';
import { fail } from './end-attempt';
import type { ProviderSelector } from './provider-selector';

export interface AttemptDeps {
  readonly db: Db;
  readonly providers: ProviderSelector;
  readonly links: LinkSettings;
  readonly clock: Clock;
  /** Identifies this process in the recorded attempts. */
  readonly workerName: string;
  readonly hasher: AddressHasher;
}

export type Begun =
  | { readonly do: 'answer'; readonly result: DeliverResult }
  /** The message belongs to another provider's queue. */
  | { readonly do: 'move'; readonly provider: ChannelProvider }
  | BegunAttempt;

/** A recorded attempt whose provider has to be called next. */
export interface BegunAttempt {
  readonly do: 'call';
  readonly number: number;
  readonly provider: ChannelProvider;
  readonly message: OutgoingMessage;
}

/**
 * Begins the first attempt of a message in one statement, the common case. Returns undefined if
 * `beginNext` has to decide.
 */
export async function beginFirst(
  deps: AttemptDeps,
  messageId: string,
  provider: ChannelProvider,
): Promise<BegunAttempt | undefined> {
  const claimant = { provider: provider.name, worker: deps.workerName, hasher: deps.hasher };
  const row = await claimMessage(deps.db, messageId, claimant, deps.clock.now());
  if (row === undefined) return undefined;
  if (consentNow(row, row.consents).pass) {
    return {
      do: 'call',
      number: 1,
      provider,
      message: outgoing(deps.links, row, false),
    };
  }
  await releaseClaim(deps.db, messageId);
  return undefined;
}

/**
 * Begins the next attempt of a message, depending on the previous ones. An attempt without an
 * outcome was interrupted by a crash, and it is unknown whether the provider accepted the message:
 * marketing is then recorded as `unknown`, transactional mail is sent again and marked as a repeat.
 */
export async function beginNext(
  tx: Tx,
  deps: AttemptDeps,
  messageId: string,
  provider: ChannelProvider,
): Promise<Begun> {
  const row = await lockMessage(tx, messageId);
  // An erasure deletes the message's address and content, so there is nothing to deliver.
  if (row === undefined || isErased(row.customer_id))
    return answer({ status: 'failed', reason: 'erased' });
  const assigned = deps.providers.named(row.channel, row.provider ?? provider.name);
  if (WAITING.has(row.status) && assigned !== undefined && assigned.name !== provider.name) {
    return { do: 'move', provider: assigned };
  }
  const now = deps.clock.now();
  const transactional = isTransactional(row.purpose);
  const cutOff = {
    messageId,
    number: row.attempts,
    at: now,
    outcome: 'unknown',
    response: 'interrupted before its outcome was recorded',
  } as const;
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
      await endAttempt(tx, cutOff);
      if (!transactional) {
        await markNotSent(tx, messageId, 'unknown', 'unknown-outcome');
        return answer({ status: 'unknown', reason: 'unknown-outcome' });
      }
      break;
    case 'decided':
      break;
  }
  const withdrawn = await withdrawnNow(tx, deps.hasher, row);
  if (withdrawn !== undefined) return answer(await fail(tx, messageId, 'failed', withdrawn));

  const repeat = row.status === 'sending' || row.status === 'unknown' || row.repeated;
  const number = row.attempts + 1;
  await beginAttempt(tx, messageId, {
    number,
    provider: provider.name,
    cost: provider.costOf(row),
    worker: deps.workerName,
    repeat,
    at: now,
  });
  return {
    do: 'call',
    number,
    provider,
    message: outgoing(deps.links, row, repeat),
  };
}

/** The statuses in which another attempt may be due. */
const WAITING: ReadonlySet<MessageStatus> = new Set(['decided', 'sending', 'unknown']);

function outgoing(settings: LinkSettings, row: MessageToSend, repeat: boolean): OutgoingMessage {
  const { id, channel, purpose, address, content } = row;
  const [customerId, decidedAt] = [row.customer_id, row.decided_at];
  const links = messageLinks(settings, { messageId: id, customerId, channel, purpose, decidedAt });
  return toOutgoing({ id, customerId, address, purpose, content, decidedAt }, links, repeat);
}

function answer(result: DeliverResult): Begun {
  return { do: 'answer', result };
}

/** Consent may be withdrawn in the hours between the decision and a retry. */
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
  if (await isSuppressed(tx, hasher, row)) return 'suppressed';
  if (isTransactional(row.purpose)) return undefined;
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
