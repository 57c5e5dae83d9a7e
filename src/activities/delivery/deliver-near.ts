import type { Clock } from '../../domain/clock';
import type { DecideInput, DecideResult } from '../../journey/engine-activities';
import type { Logger } from '../../logger';
import type { Decided } from '../decide';
import type { DeliveryAttempts } from './attempt';
import { PROMPT_MS, type NearDeliveries } from './near-deliveries';

export interface DeliverNearDeps {
  readonly attempts: DeliveryAttempts;
  readonly near: NearDeliveries;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How long a provider has, and how much longer until an attempt without an outcome was cut off. */
const CALL_MS = 105_000;
const TO_WRITE_MS = 15_000;

/**
 * Decides, and where this process may, makes the message's first attempt right away, within the same
 * local activity: a message that its provider takes at once costs its journey one event of history
 * and no further task. An attempt that fails is followed by the channel's own queue, and so is one
 * that takes long: it goes on here while the journey's workflow task is let go.
 *
 * A crash in between is noticed by the workflow task that is not answered. The decision is then asked
 * for again, by whoever goes on; it finds the attempt in the record, and leaves it to `deliver`.
 */
export function deliverNear(
  decide: (input: DecideInput) => Promise<Decided>,
  { attempts, near, clock, logger }: DeliverNearDeps,
): (input: DecideInput) => Promise<DecideResult> {
  return async (input) => {
    const { result, attempt } = await decide(input);
    if (result.do !== 'send' || attempt === undefined) return result;
    const begun = clock.now().getTime();
    const attempting = attempts.carryOut(attempt, AbortSignal.timeout(CALL_MS));
    const attempted = await within(PROMPT_MS, attempting);
    if (attempted === 'late') {
      near.rest(attempt.channel);
      const { messageId } = result;
      attempting.catch((error: unknown) => logger.error({ error, messageId }, 'lost an outcome'));
      return { ...result, after: { underWayUntil: begun + CALL_MS + TO_WRITE_MS } };
    }
    return attempted.do === 'answer'
      ? { ...result, delivered: attempted.result }
      : { ...result, after: { notBefore: clock.now().getTime() + attempted.afterMs } };
  };
}

/** What a promise comes to, if it does so in time. */
async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
