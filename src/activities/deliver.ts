import { ApplicationFailure, Context } from '@temporalio/activity';
import type { ChannelProvider, DeliveryReceipt, OutgoingMessage } from '../channels/channel';
import { SendError, TransientSendError, UnknownOutcomeError } from '../channels/errors';
import { inTransaction, type Db, type Tx } from '../db/transaction';
import type { ChannelKind } from '../domain/channel-kind';
import { channelsOfAddress } from '../domain/contact-address';
import { consentGate, type ConsentRecord } from '../domain/consent/consent';
import type { Clock } from '../domain/clock';
import { isTransactional } from '../domain/purpose';
import type { DeliverResult } from '../journey/engine-activities';
import { messageLinks, type LinkSettings } from '../links/message-links';
import { isErased } from '../domain/identity/erased';
import type { AddressHasher } from '../privacy/address-hash';
import { backoffMs } from './backoff';
import {
  giveBack,
  noteSent,
  takeUntried,
  type FirstAttempt,
  type MessageToSend,
  type StoredConsent,
} from './first-attempt';
import type { NearDeliveries } from './near-deliveries';

export interface DeliverDeps {
  readonly db: Db;
  readonly providers: ReadonlyMap<ChannelKind, ChannelProvider>;
  readonly links: LinkSettings;
  readonly clock: Clock;
  /** A number in [0, 1) for the jitter of retries. */
  readonly random: () => number;
  /** Names this process in the record of attempts. */
  readonly workerName: string;
  readonly near: NearDeliveries;
  readonly hasher: AddressHasher;
}

/** How often a running delivery says that it lives; its heartbeat timeout is three times that. */
const HEARTBEAT_MS = 5_000;

/**
 * Delivers one decided message. Before the provider is called the attempt is written down, after
 * its answer the outcome; so an attempt without an outcome is one that a crash cut off, and nobody
 * knows whether the provider took the message. Marketing is then not sent again and recorded as
 * `unknown`; a transactional message is sent again under the same Message-ID and recorded as
 * repeated.
 *
 * @throws {ApplicationFailure} for a failure that is worth another try; its next retry is jittered
 */
export function createDeliver(deps: DeliverDeps): (messageId: string) => Promise<DeliverResult> {
  const attempted = {
    providers: JSON.stringify(
      Object.fromEntries([...deps.providers].map(([channel, { name }]) => [channel, name])),
    ),
    worker: deps.workerName,
    hasher: deps.hasher,
  };
  return async (messageId) => {
    const attempt =
      (await beginFirst(deps, messageId, attempted)) ??
      (await inTransaction(deps.db, (tx) => begin(tx, deps, messageId)));
    if (attempt.do === 'answer') return attempt.result;
    const { provider, message } = attempt;
    const outcome = await deps.near.during(provider.channel, () => call(provider, message));
    if (!(outcome instanceof SendError)) {
      await noteSent(deps.db, attempt, deps.clock.now(), outcome);
      return { status: 'sent' };
    }
    const result = await inTransaction(deps.db, (tx) => finish(tx, deps, attempt, outcome));
    if (result !== 'again') return result;
    throw ApplicationFailure.create({
      message: outcome.message,
      type: outcome.name,
      nextRetryDelay: backoffMs(attempt.number, deps.random, retryAfterOf(outcome)),
    });
  };
}

function retryAfterOf(error: SendError): number | undefined {
  return error instanceof TransientSendError ? error.retryAfterMs : undefined;
}

type Begun =
  | { readonly do: 'answer'; readonly result: DeliverResult }
  | {
      readonly do: 'call';
      readonly number: number;
      readonly provider: ChannelProvider;
      readonly message: OutgoingMessage;
    };

/**
 * Begins the first attempt of a message that nobody has tried, which nearly all are, in one
 * statement. Undefined where the long way has to be gone.
 */
async function beginFirst(
  deps: DeliverDeps,
  messageId: string,
  attempt: FirstAttempt,
): Promise<Begun | undefined> {
  const row = await takeUntried(deps.db, messageId, attempt, deps.clock.now());
  const provider = row === undefined ? undefined : deps.providers.get(row.channel);
  if (row === undefined || provider === undefined) return undefined;
  if (consentNow(row, row.consents).pass) {
    return { do: 'call', number: 1, provider, message: outgoing(deps, row, false) };
  }
  await giveBack(deps.db, messageId);
  return undefined;
}

async function begin(tx: Tx, deps: DeliverDeps, messageId: string): Promise<Begun> {
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
  return { do: 'call', number, provider, message: outgoing(deps, row, repeat) };
}

function outgoing(deps: DeliverDeps, row: MessageToSend, repeat: boolean): OutgoingMessage {
  const links = messageLinks(deps.links, {
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

/** Calls the provider, telling Temporal meanwhile that this attempt lives. */
async function call(
  provider: ChannelProvider,
  message: OutgoingMessage,
): Promise<DeliveryReceipt | SendError> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
  // Only the end of the attempt's time aborts it. A cancellation does not: the message is on its
  // way, and an attempt that is cut off would leave its outcome unknown.
  const signal = AbortSignal.timeout(timeLeft(context));
  try {
    return await provider.deliver(message, signal);
  } catch (error) {
    if (error instanceof SendError) return error;
    // A defect of the provider's code says nothing about whether the message went out.
    const text = error instanceof Error ? error.message : String(error);
    return new UnknownOutcomeError(`The provider ${provider.name} broke: ${text}`, {
      cause: error,
    });
  } finally {
    clearInterval(beat);
  }
}

/** Leaves some of the activity's time for writing the outcome down. */
function timeLeft(context: Context): number {
  return Math.max(1_000, context.info.startToCloseTimeoutMs - 15_000);
}

/** Writes down that an attempt failed. @returns `again` for one that is worth another try */
async function finish(
  tx: Tx,
  deps: DeliverDeps,
  attempt: Begun & { readonly do: 'call' },
  outcome: SendError,
): Promise<DeliverResult | 'again'> {
  const { message, number } = attempt;
  const now = deps.clock.now();
  const { consequence } = outcome;
  await closeAttempt(tx, message.id, number, now, consequence, outcome.message);
  switch (consequence) {
    case 'transient':
      await note(tx, message.id, 'decided', outcome.message);
      return 'again';
    case 'permanent':
      return fail(tx, message.id, 'failed', `refused: ${outcome.message}`);
    case 'suppressed':
      await suppress(tx, deps.hasher, message, attempt.provider.channel, now);
      return fail(tx, message.id, 'suppressed', `suppressed: ${outcome.message}`);
    case 'unknown':
      await note(tx, message.id, 'unknown', 'unknown-outcome');
      return isTransactional(message.purpose)
        ? 'again'
        : { status: 'unknown', reason: 'unknown-outcome' };
  }
}

/** Forbids an address; only as a keyed hash where its customer was erased meanwhile. */
async function suppress(
  tx: Tx,
  hasher: AddressHasher,
  message: Pick<OutgoingMessage, 'id' | 'address'>,
  channel: ChannelKind,
  at: Date,
): Promise<void> {
  const { customer_id: customerId } = await tx
    .selectFrom('messages')
    .select('customer_id')
    .where('id', '=', message.id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const erased = isErased(customerId);
  await tx
    .insertInto('suppressions')
    .values(
      channelsOfAddress(channel).map((each) => ({
        channel: each,
        address: erased ? hasher.hash(message.address) : message.address.toLowerCase(),
        reason: 'refused-by-provider',
        message_id: erased ? null : message.id,
        at,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function note(
  tx: Tx,
  messageId: string,
  status: 'decided' | 'unknown',
  error: string,
): Promise<void> {
  await tx
    .updateTable('messages')
    .set({ status, error: error.slice(0, 500) })
    .where('id', '=', messageId)
    .execute();
}

async function fail(
  tx: Tx,
  messageId: string,
  status: 'failed' | 'suppressed',
  reason: string,
): Promise<DeliverResult> {
  const error = reason.slice(0, 500);
  await tx.updateTable('messages').set({ status, error }).where('id', '=', messageId).execute();
  return { status: 'failed', reason: reason.slice(0, 120) };
}

async function closeAttempt(
  tx: Tx,
  messageId: string,
  attempt: number,
  at: Date,
  outcome: string,
  response: string,
): Promise<void> {
  await tx
    .updateTable('delivery_attempts')
    .set({ ended_at: at, outcome, response: response.slice(0, 500) })
    .where('message_id', '=', messageId)
    .where('attempt', '=', attempt)
    .where('ended_at', 'is', null)
    .execute();
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
