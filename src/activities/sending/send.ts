import type { Clock } from '../../domain/clock';
import type { EngineActivities } from '../../journey/engine-activities';
import type { Logger } from '../../logger';
import { withTimeout } from '../../with-timeout';
import { RECORDING_MS, type DeliveryAttempts, type ExecutedAttempt } from '../delivery/attempt';
import type { BegunAttempt } from '../delivery/begin-attempt';
import { PROMPT_MS, type InlineDelivery } from '../delivery/inline-delivery';
import type { DecideAndClaim } from './decide-and-claim';

export interface SendDeps {
  readonly attempts: DeliveryAttempts;
  readonly inline: InlineDelivery;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Timeout of a call to a provider. */
const CALL_MS = 105_000;

/** If the decision took longer than this, the activity may have been retried in another process. */
const MAX_MS_BEFORE_CALL = 10_000;

interface InFlight {
  readonly result: Promise<ExecutedAttempt>;
  /** After this time the attempt counts as interrupted, in milliseconds since 1970. */
  readonly until: number;
}

/**
 * The local activity `send`: decides, claims the message, and makes its first attempt inline where
 * this process may. If the provider answers quickly, the journey gets one history event and no further
 * workflow task. A failed attempt is retried on the queue of the next provider. A slow one continues
 * here while the journey's workflow task completes; `deliver` then waits for its outcome.
 *
 * After a crash the workflow task times out, and the activity runs again: it finds the recorded
 * attempt and leaves the message to `deliver`.
 */
export function createSend(
  decideAndClaim: DecideAndClaim,
  { attempts, inline, clock, logger }: SendDeps,
): EngineActivities['send'] {
  const inFlight = new Map<string, InFlight>();

  function begin(attempt: BegunAttempt): InFlight {
    const { id: messageId } = attempt.message;
    const result = attempts.execute(attempt, AbortSignal.timeout(CALL_MS));
    const begun = { result, until: clock.now().getTime() + CALL_MS + RECORDING_MS };
    inFlight.set(messageId, begun);
    inline.track(result);
    result
      .catch((error: unknown) =>
        logger.error({ error, messageId }, 'could not record the outcome of a delivery'),
      )
      .finally(() => inFlight.delete(messageId));
    return begun;
  }

  return async (input) => {
    const begun = performance.now();
    const { result, attempt } = await decideAndClaim(input);
    if (result.do !== 'send') return result;
    const { messageId } = result;
    if (attempt !== undefined && performance.now() - begun > MAX_MS_BEFORE_CALL) {
      await attempts.releaseClaim(messageId);
      return result;
    }
    // If this is a retry of the activity, it waits for the attempt that is in flight.
    const delivery = attempt === undefined ? inFlight.get(messageId) : begin(attempt);
    if (delivery === undefined) return result;
    const delivered = await withTimeout(delivery.result, PROMPT_MS, () => 'slow' as const);
    if (delivered === 'slow') {
      inline.recordSlow(result.channel);
      return { ...result, after: { underWayUntil: delivery.until } };
    }
    return delivered.do === 'answer'
      ? { ...result, delivered: delivered.result }
      : {
          ...result,
          provider: delivered.provider,
          after: { notBefore: clock.now().getTime() + delivered.afterMs },
        };
  };
}
