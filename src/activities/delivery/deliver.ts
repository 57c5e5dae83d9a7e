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

/** How often a running delivery says that it lives; its heartbeat timeout is three times that. */
const HEARTBEAT_MS = 5_000;

/** How often, at least, a first attempt that is under way elsewhere is looked at. */
const MAX_POLL_INTERVAL_MS = 10_000;

/**
 * Delivers one decided message from its provider's queue: from its first attempt on, or from the one
 * that follows an inline attempt. A message that the provider certainly did not accept goes to the
 * next provider of the channel, on that one's queue. Marketing whose outcome nobody knows is
 * recorded as `unknown` and not sent again; a transactional message is sent again under the same
 * Message-ID and recorded as repeated.
 *
 * @throws {ApplicationFailure} for a failure that is worth another try; its next retry is jittered
 */
export function createDeliver({
  attempts,
  clock,
  provider,
}: DeliverDeps): DeliveryActivities['deliver'] {
  /** What is still to be waited for; undefined where the next attempt may begin. */
  async function waiting(messageId: string, after: DeliverAfter) {
    const now = clock.now().getTime();
    if ('notBefore' in after) {
      const delay = after.notBefore - now;
      if (delay <= 0) return undefined;
      const { error } = await attempts.standing(messageId);
      return retry(error ?? 'The first attempt failed.', 'FirstAttemptFailed', delay);
    }
    const left = after.underWayUntil - now;
    if (left <= 0 || (await attempts.standing(messageId)).status !== 'sending') return undefined;
    const look = Math.min(
      1_000 * 2 ** (Context.current().info.attempt - 1),
      MAX_POLL_INTERVAL_MS,
      left,
    );
    return retry('The first attempt is still under way.', 'FirstAttemptUnderWay', look);
  }

  return async (messageId, after) => {
    const wait = after && (await waiting(messageId, after));
    if (wait !== undefined) throw wait;
    const attempted = await alive((signal) => attempts.next(messageId, provider, signal));
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

/** Attempts a delivery, telling Temporal meanwhile that it lives. */
async function alive(
  attempt: (signal: AbortSignal) => Promise<AttemptResult>,
): Promise<AttemptResult> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
  // Only the end of the attempt's time aborts it. A cancellation does not: the message is on its
  // way, and an attempt that is cut off would leave its outcome unknown.
  const timeMs = Math.max(1_000, context.info.startToCloseTimeoutMs - RECORDING_MS);
  try {
    return await attempt(AbortSignal.timeout(timeMs));
  } finally {
    clearInterval(beat);
  }
}
