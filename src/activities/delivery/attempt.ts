import type { DeliveryReceipt } from '../../channels/channel';
import { SendError, TransientSendError, UnknownOutcomeError } from '../../channels/errors';
import { markSent, releaseClaim } from '../../db/stores/messages';
import { inTransaction } from '../../db/transaction';
import type { DeliverResult } from '../../journey/engine-activities';
import { backoffMs } from './backoff';
import { beginFirst, beginNext, type AttemptDeps, type BegunAttempt } from './begin-attempt';
import { recordFailure } from './end-attempt';
import type { InlineDelivery } from './inline-delivery';

/** How much of an attempt's time is left for writing its outcome down. */
export const RECORDING_MS = 15_000;

export type DeliveryDeps = AttemptDeps & {
  /** A number in [0, 1) for the jitter of retries. */
  readonly random: () => number;
  readonly inline: InlineDelivery;
};

/** What an attempt came to: an end, or another attempt after some milliseconds. */
export type AttemptResult =
  | { readonly do: 'answer'; readonly result: DeliverResult }
  | { readonly do: 'again'; readonly error: SendError; readonly afterMs: number };

/**
 * Attempts to hand one decided message to its provider. Before the provider is called the attempt
 * is written down, after its answer the outcome; so an attempt without an outcome is one that a
 * crash cut off.
 */
export interface DeliveryAttempts {
  /** Carries an attempt out that has been written down. */
  execute(attempt: BegunAttempt, signal: AbortSignal): Promise<AttemptResult>;
  /** The next attempt, the first included. */
  next(messageId: string, signal: AbortSignal): Promise<AttemptResult>;
  /** Makes a message whose first attempt was written down, and not carried out, an untried one. */
  releaseClaim(messageId: string): Promise<void>;
  /** How far a message has come. */
  standing(messageId: string): Promise<{ readonly status: string; readonly error: string | null }>;
}

export function createDeliveryAttempts(deps: DeliveryDeps): DeliveryAttempts {
  const first = {
    providers: JSON.stringify(
      Object.fromEntries([...deps.providers].map(([channel, { name }]) => [channel, name])),
    ),
    worker: deps.workerName,
    hasher: deps.hasher,
  };
  return {
    execute: (attempt, signal) => execute(deps, attempt, signal),
    async next(messageId, signal) {
      const begun =
        (await beginFirst(deps, messageId, first)) ??
        (await inTransaction(deps.db, (tx) => beginNext(tx, deps, messageId)));
      return begun.do === 'answer' ? begun : execute(deps, begun, signal);
    },
    releaseClaim: (messageId) => releaseClaim(deps.db, messageId),
    async standing(messageId) {
      const row = await deps.db
        .selectFrom('messages')
        .select(['status', 'error'])
        .where('id', '=', messageId)
        .executeTakeFirst();
      return row ?? { status: 'failed', error: 'erased' };
    },
  };
}

async function execute(
  deps: DeliveryDeps,
  attempt: BegunAttempt,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const outcome = await deps.inline.call(
    attempt.provider.channel,
    () => call(attempt, signal),
    (each) => each instanceof SendError && MAY_PASS.has(each.consequence),
  );
  if (!(outcome instanceof SendError)) {
    await markSent(deps.db, {
      messageId: attempt.message.id,
      attempt: attempt.number,
      at: deps.clock.now(),
      ...outcome,
    });
    return { do: 'answer', result: { status: 'sent' } };
  }
  const result = await inTransaction(deps.db, (tx) =>
    recordFailure(tx, deps.hasher, attempt, outcome, deps.clock.now()),
  );
  if (result !== 'again') return { do: 'answer', result };
  const askedFor = outcome instanceof TransientSendError ? outcome.retryAfterMs : undefined;
  const afterMs = backoffMs(attempt.number, deps.random, askedFor);
  return { do: 'again', error: outcome, afterMs };
}

/** Failures of the provider; a refusal is about one message or one address. */
const MAY_PASS: ReadonlySet<SendError['consequence']> = new Set(['transient', 'unknown']);

async function call(
  { provider, message }: BegunAttempt,
  signal: AbortSignal,
): Promise<DeliveryReceipt | SendError> {
  try {
    return await provider.deliver(message, signal);
  } catch (error) {
    if (error instanceof SendError) return error;
    // A defect of the provider's code says nothing about whether the message went out.
    const text = error instanceof Error ? error.message : String(error);
    return new UnknownOutcomeError(`The provider ${provider.name} broke: ${text}`, {
      cause: error,
    });
  }
}
