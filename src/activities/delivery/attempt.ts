import type { ChannelProvider, DeliveryReceipt } from '../../channels/channel';
import { SendError, TransientSendError, UnknownOutcomeError } from '../../channels/errors';
import { assignProvider, markSent, releaseClaim } from '../../db/stores/messages';
import { inTransaction } from '../../db/transaction';
import type { DeliverResult } from '../../journey/engine-activities';
import { backoffMs } from './backoff';
import { beginFirst, beginNext, type AttemptDeps, type BegunAttempt } from './begin-attempt';
import { recordFailure } from './end-attempt';
import type { InlineDelivery } from './inline-delivery';

/** Part of an attempt's timeout that is reserved for recording its outcome. */
export const RECORDING_MS = 15_000;

export type DeliveryDeps = AttemptDeps & {
  /** A number in [0, 1) for the jitter of retries. */
  readonly random: () => number;
  readonly inline: InlineDelivery;
};

/** The result of an attempt: final, or another attempt after a delay in milliseconds. */
export type AttemptResult =
  | { readonly do: 'answer'; readonly result: DeliverResult }
  | {
      readonly do: 'again';
      readonly error: SendError;
      /** The provider of the next attempt. */
      readonly provider: string;
      readonly afterMs: number;
    }
  /** The message belongs to another provider's queue. */
  | { readonly do: 'move'; readonly provider: string };

export type ExecutedAttempt = Exclude<AttemptResult, { readonly do: 'move' }>;

/**
 * Attempts to deliver a decided message to its provider. The attempt is recorded before the call to
 * the provider, and its outcome after the call. An attempt without an outcome was interrupted by a
 * crash.
 */
export interface DeliveryAttempts {
  /** Executes an attempt that is already recorded. */
  execute(attempt: BegunAttempt, signal: AbortSignal): Promise<ExecutedAttempt>;
  /** Begins and executes the next attempt, which may be the first. */
  next(messageId: string, provider: ChannelProvider, signal: AbortSignal): Promise<AttemptResult>;
  /** Removes a recorded first attempt that was not executed. */
  releaseClaim(messageId: string): Promise<void>;
  /** The status and error of a message. */
  getStatus(messageId: string): Promise<{ readonly status: string; readonly error: string | null }>;
}

export function createDeliveryAttempts(deps: DeliveryDeps): DeliveryAttempts {
  return {
    execute: (attempt, signal) => execute(deps, attempt, signal),
    async next(messageId, provider, signal) {
      const replacement = deps.providers.replacementFor(provider);
      if (
        replacement !== undefined &&
        (await assignProvider(deps.db, messageId, replacement.name))
      ) {
        return { do: 'move', provider: replacement.name };
      }
      const begun =
        (await beginFirst(deps, messageId, provider)) ??
        (await inTransaction(deps.db, (tx) => beginNext(tx, deps, messageId, provider)));
      switch (begun.do) {
        case 'answer':
          return begun;
        case 'move':
          return { do: 'move', provider: begun.provider.name };
        case 'call':
          return execute(deps, begun, signal);
      }
    },
    releaseClaim: (messageId) => releaseClaim(deps.db, messageId),
    async getStatus(messageId) {
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
): Promise<ExecutedAttempt> {
  const { provider, number } = attempt;
  const outcome = await deps.inline.call(
    provider.channel,
    () => call(attempt, signal),
    isProviderFailure,
  );
  deps.providers.record(provider, isProviderFailure(outcome));
  if (!(outcome instanceof SendError)) {
    await markSent(deps.db, {
      messageId: attempt.message.id,
      attempt: attempt.number,
      at: deps.clock.now(),
      ...outcome,
    });
    return { do: 'answer', result: { status: 'sent' } };
  }
  // Fail over only if the message was certainly not sent.
  const next =
    outcome instanceof TransientSendError
      ? deps.providers.afterFailure(provider, number)
      : { provider, failures: number };
  const result = await inTransaction(deps.db, (tx) =>
    recordFailure(tx, deps.hasher, attempt, outcome, next.provider, deps.clock.now()),
  );
  if (result !== 'again') return { do: 'answer', result };
  const requestedMs = outcome instanceof TransientSendError ? outcome.retryAfterMs : undefined;
  const afterMs = next.failures === 0 ? 0 : backoffMs(next.failures, deps.random, requestedMs);
  return { do: 'again', error: outcome, provider: next.provider.name, afterMs };
}

/** Failures of the provider itself; a refusal concerns one message or one address. */
function isProviderFailure(outcome: DeliveryReceipt | SendError): boolean {
  return (
    outcome instanceof SendError &&
    (outcome.consequence === 'transient' || outcome.consequence === 'unknown')
  );
}

async function call(
  { provider, message }: BegunAttempt,
  signal: AbortSignal,
): Promise<DeliveryReceipt | SendError> {
  try {
    return await provider.deliver(message, signal);
  } catch (error) {
    if (error instanceof SendError) return error;
    // After a bug in the provider's code it is unknown whether the message was sent.
    const text = error instanceof Error ? error.message : String(error);
    return new UnknownOutcomeError(`The provider ${provider.name} threw an error: ${text}`, {
      cause: error,
    });
  }
}
