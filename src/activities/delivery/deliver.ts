import { ApplicationFailure, Context } from '@temporalio/activity';
import type { ChannelProvider } from '../../channels/channel';
import type { Clock } from '../../domain/clock';
import type { DeliverAfter, DeliveryActivities } from '../../journey/engine-activities';
import { RECORDING_MS, type AttemptResult, type DeliveryAttempts } from './attempt';

export interface DeliverDeps {
  readonly attempts: DeliveryAttempts;
  readonly clock: Clock;
  /** The provider on whose queue the activity runs. */
  readonly provider: ChannelProvider;
}

/** Interval of heartbeats; the heartbeat timeout is three times as long. */
const HEARTBEAT_MS = 5_000;

/** Maximum interval between polls of a first attempt that is in flight in another process. */
const MAX_POLL_INTERVAL_MS = 10_000;

/**
 * Delivers one decided message from its provider's queue, starting with its first attempt or with
 * the one after an inline attempt. If the provider certainly did not accept the message, the next
 * provider of the channel gets it on its own queue. Marketing with an unknown outcome is recorded as
 * `unknown` and not sent again; a transactional message is sent again with the same Message-ID and
 * recorded as repeated.
 *
 * @throws {ApplicationFailure} for a retryable failure; its next retry is jittered
 */
export function createDeliver({
  attempts,
  clock,
  provider,
}: DeliverDeps): DeliveryActivities['deliver'] {
  /** The failure that delays the next attempt; undefined if the attempt may begin now. */
  async function checkDelay(messageId: string, after: DeliverAfter) {
    const now = clock.now().getTime();
    if ('notBefore' in after) {
      const delay = after.notBefore - now;
      if (delay <= 0) return undefined;
      const { error } = await attempts.getStatus(messageId);
      return retry(error ?? 'The first attempt failed.', 'FirstAttemptFailed', delay);
    }
    const left = after.underWayUntil - now;
    if (left <= 0 || (await attempts.getStatus(messageId)).status !== 'sending') return undefined;
    const pollMs = Math.min(
      1_000 * 2 ** (Context.current().info.attempt - 1),
      MAX_POLL_INTERVAL_MS,
      left,
    );
    return retry('The first attempt is still in flight.', 'FirstAttemptInFlight', pollMs);
  }

  return async (messageId, after) => {
    const delayed = after && (await checkDelay(messageId, after));
    if (delayed !== undefined) throw delayed;
    const attempted = await withHeartbeat((signal) => attempts.next(messageId, provider, signal));
    if (attempted.do === 'answer') return attempted.result;
    if (attempted.do === 'move') return { status: 'next', provider: attempted.provider };
    if (attempted.provider !== provider.name) {
      const notBefore = clock.now().getTime() + attempted.afterMs;
      return { status: 'next', provider: attempted.provider, after: { notBefore } };
    }
    throw retry(attempted.error.message, attempted.error.name, attempted.afterMs);
  };
}

function retry(message: string, type: string, nextRetryDelay: number): ApplicationFailure {
  return ApplicationFailure.create({ message, type, nextRetryDelay });
}

/** Makes an attempt while sending heartbeats. */
async function withHeartbeat(
  attempt: (signal: AbortSignal) => Promise<AttemptResult>,
): Promise<AttemptResult> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
  // Only the timeout aborts an attempt. A cancellation does not, since it would leave the outcome of
  // a call in flight unknown.
  const timeMs = Math.max(1_000, context.info.startToCloseTimeoutMs - RECORDING_MS);
  try {
    return await attempt(AbortSignal.timeout(timeMs));
  } finally {
    clearInterval(beat);
  }
}
