import type { ChannelProvider, OutgoingMessage } from '../../channels/channel';
import type { SendError } from '../../channels/errors';
import type { AddressHasher } from '../../db/stores/address-hash';
import { endAttempt } from '../../db/stores/delivery-attempts';
import { lockMessage, markNotSent } from '../../db/stores/messages';
import { suppressRefusedAddress } from '../../db/stores/suppressions';
import type { Tx } from '../../db/transaction';
import { isTransactional } from '../../domain/purpose';
import type { DeliverResult } from '../../journey/engine-activities';

/** The reason code of a message whose journey ended before it was delivered. */
const WITHDRAWN = 'withdrawn';

/**
 * Records a failed attempt.
 *
 * @param next the provider of the next attempt, if the message was certainly not sent
 * @returns `again` if the attempt should be retried
 */
export async function recordFailure(
  tx: Tx,
  hasher: AddressHasher,
  attempt: {
    readonly number: number;
    readonly provider: ChannelProvider;
    readonly message: OutgoingMessage;
  },
  error: SendError,
  next: ChannelProvider,
  now: Date,
): Promise<DeliverResult | 'again'> {
  const { message, number, provider } = attempt;
  const { consequence: outcome } = error;
  const messageId = message.id;
  await endAttempt(tx, { messageId, number, at: now, outcome, response: error.message });
  const row = await lockMessage(tx, messageId);
  if (row !== undefined && outcome === 'suppressed') {
    await suppressRefusedAddress(tx, hasher, {
      messageId,
      customerId: row.customer_id,
      channel: provider.channel,
      address: message.address,
      at: now,
    });
  }
  // Another process considered this attempt interrupted and updated the message; retry from there.
  if (row?.status !== 'sending' || row.attempts !== number) return 'again';
  switch (outcome) {
    case 'transient':
      // The journey ended in the meantime, so nothing would retry.
      if (row.error === WITHDRAWN) return fail(tx, messageId, 'failed', WITHDRAWN);
      await markNotSent(tx, messageId, 'decided', error.message, next.name);
      return 'again';
    case 'permanent':
      return fail(tx, messageId, 'failed', `refused: ${error.message}`);
    case 'suppressed':
      return fail(tx, messageId, 'suppressed', `suppressed: ${error.message}`);
    case 'unknown':
      await markNotSent(tx, messageId, 'unknown', 'unknown-outcome');
      return isTransactional(message.purpose)
        ? 'again'
        : { status: 'unknown', reason: 'unknown-outcome' };
  }
}

/** Marks a locked message as not sent. @returns the result, with at most 120 characters of the reason */
export async function fail(
  tx: Tx,
  messageId: string,
  status: 'failed' | 'suppressed',
  reason: string,
): Promise<DeliverResult> {
  await markNotSent(tx, messageId, status, reason);
  return { status: 'failed', reason: reason.slice(0, 120) };
}
