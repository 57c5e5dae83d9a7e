import type { OutgoingMessage } from '../../channels/channel';
import type { SendError } from '../../channels/errors';
import type { Tx } from '../../db/transaction';
import type { ChannelKind } from '../../domain/channel-kind';
import { channelsOfAddress } from '../../domain/contact-address';
import { isErased } from '../../domain/identity/erased';
import { isTransactional } from '../../domain/purpose';
import type { DeliverResult } from '../../journey/engine-activities';
import type { AddressHasher } from '../../privacy/address-hash';
import type { BegunAttempt } from './begin-attempt';

/** Why a message was given up whose journey ended while it waited or was under way. */
const WITHDRAWN = 'withdrawn';

/** Writes down that an attempt failed. @returns `again` for one that is worth another try */
export async function markFailed(
  tx: Tx,
  hasher: AddressHasher,
  attempt: BegunAttempt,
  outcome: SendError,
  now: Date,
): Promise<DeliverResult | 'again'> {
  const { message, number, provider } = attempt;
  const { consequence } = outcome;
  await closeAttempt(tx, message.id, number, now, consequence, outcome.message);
  const row = await tx
    .selectFrom('messages')
    .select(['status', 'attempts', 'error'])
    .where('id', '=', message.id)
    .forUpdate()
    .executeTakeFirst();
  if (row?.status !== 'sending' || row.attempts !== number) {
    // It was held to be cut off, and what followed stands in the message; the next look tells.
    if (consequence === 'suppressed') await suppress(tx, hasher, message, provider.channel, now);
    return 'again';
  }
  switch (consequence) {
    case 'transient':
      // Its journey ended meanwhile, so nobody would try again.
      if (row.error === WITHDRAWN) return fail(tx, message.id, 'failed', WITHDRAWN);
      await note(tx, message.id, 'decided', outcome.message);
      return 'again';
    case 'permanent':
      return fail(tx, message.id, 'failed', `refused: ${outcome.message}`);
    case 'suppressed':
      await suppress(tx, hasher, message, provider.channel, now);
      return fail(tx, message.id, 'suppressed', `suppressed: ${outcome.message}`);
    case 'unknown':
      await note(tx, message.id, 'unknown', 'unknown-outcome');
      return isTransactional(message.purpose)
        ? 'again'
        : { status: 'unknown', reason: 'unknown-outcome' };
  }
}

/** Writes down that a message will not be delivered. */
export async function fail(
  tx: Tx,
  messageId: string,
  status: 'failed' | 'suppressed',
  reason: string,
): Promise<DeliverResult> {
  const error = reason.slice(0, 500);
  await tx.updateTable('messages').set({ status, error }).where('id', '=', messageId).execute();
  return { status: 'failed', reason: reason.slice(0, 120) };
}

export async function closeAttempt(
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
