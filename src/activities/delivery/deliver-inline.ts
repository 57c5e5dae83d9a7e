import type { Clock } from '../../domain/clock';
import type { DecideInput, DecideResult } from '../../journey/engine-activities';
import type { Logger } from '../../logger';
import { withTimeout } from '../../with-timeout';
import type { Decided } from '../decide';
import { TO_WRITE_MS, type Attempted, type DeliveryAttempts } from './attempt';
import type { BegunAttempt } from './begin-attempt';
import { PROMPT_MS, type InlineDelivery } from './inline-delivery';

export interface DeliverInlineDeps {
  readonly attempts: DeliveryAttempts;
  readonly near: InlineDelivery;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How long a provider has. */
const CALL_MS = 105_000;

/** A decision whose commit took longer than this may have been asked for again, so it calls nobody. */
const LATEST_CALL_MS = 10_000;

interface Going {
  readonly attempting: Promise<Attempted>;
  /** Beyond this it was cut off, in milliseconds since 1970. */
  readonly until: number;
}

/**
 * Decides, and where this process may, makes the message's first attempt right away, within the same
 * local activity: a message that its provider takes at once costs its journey one event of history
 * and no further task. An attempt that fails is followed by the channel's own queue, and so is one
 * that takes long: it goes on here while the journey's workflow task is let go.
 *
 * A crash in between is noticed by the workflow task that is not answered. The decision is then asked
 * for again, by whoever goes on; it finds the attempt in the record, and leaves it to `deliver`.
 */
export function deliverInline(
  decide: (input: DecideInput) => Promise<Decided>,
  { attempts, near, clock, logger }: DeliverInlineDeps,
): (input: DecideInput) => Promise<DecideResult> {
  const underWay = new Map<string, Going>();

  function begin(attempt: BegunAttempt): Going {
    const { id: messageId } = attempt.message;
    const attempting = attempts.carryOut(attempt, AbortSignal.timeout(CALL_MS));
    const going = { attempting, until: clock.now().getTime() + CALL_MS + TO_WRITE_MS };
    underWay.set(messageId, going);
    near.track(attempting);
    attempting
      .catch((error: unknown) => logger.error({ error, messageId }, 'lost an outcome'))
      .finally(() => underWay.delete(messageId));
    return going;
  }

  return async (input) => {
    const asked = performance.now();
    const { result, attempt } = await decide(input);
    if (result.do !== 'send') return result;
    const { messageId } = result;
    if (attempt !== undefined && performance.now() - asked > LATEST_CALL_MS) {
      await attempts.releaseClaim(messageId);
      return result;
    }
    // What is asked for again, because the answer got lost, may still be under way here.
    const going = attempt === undefined ? underWay.get(messageId) : begin(attempt);
    if (going === undefined) return result;
    const attempted = await withTimeout(going.attempting, PROMPT_MS, () => 'late' as const);
    if (attempted === 'late') {
      near.rest(result.channel);
      return { ...result, after: { underWayUntil: going.until } };
    }
    return attempted.do === 'answer'
      ? { ...result, delivered: attempted.result }
      : { ...result, after: { notBefore: clock.now().getTime() + attempted.afterMs } };
  };
}
