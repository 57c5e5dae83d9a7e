import type { ChannelProvider, DeliveryReceipt } from '../../channels/channel';
import { SendError, TransientSendError, UnknownOutcomeError } from '../../channels/errors';
import { assignProvider, markSent, releaseClaim } from '../../db/stores/messages';
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
  | {
      readonly do: 'again';
      readonly error: SendError;
      /** Who makes the next attempt. */
      readonly provider: string;
      readonly afterMs: number;
    }
  /** The message belongs to another provider's queue. */
  | { readonly do: 'move'; readonly provider: string };

export type ExecutedAttempt = Exclude<AttemptResult, { readonly do: 'move' }>;

/**
 * Attempts to hand one decided message to its provider. Before the provider is called the attempt
 * is written down, after its answer the outcome; so an attempt without an outcome is one that a
 * crash cut off.
 */
export interface DeliveryAttempts {
  /** Carries an attempt out that has been written down. */
  execute(attempt: BegunAttempt, signal: AbortSignal): Promise<ExecutedAttempt>;
  /** The next attempt, the first included. */
  next(messageId: string, provider: ChannelProvider, signal: AbortSignal): Promise<AttemptResult>;
  /** Makes a message whose first attempt was written down, and not carried out, an untried one. */
  releaseClaim(messageId: string): Promise<void>;
  /** How far a message has come. */
  standing(messageId: string): Promise<{ readonly status: string; readonly error: string | null }>;
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
): Promise<ExecutedAttempt> {
  const { provider, number } = attempt;
  const outcome = await deps.inline.call(
    provider.channel,
    () => call(attempt, signal),
    (each) => each instanceof SendError && MAY_PASS.has(each.consequence),
  );
  const failed = outcome instanceof SendError && MAY_PASS.has(outcome.consequence);
  deps.providers.record(provider, failed);
  if (!(outcome instanceof SendError)) {
    await markSent(deps.db, {
      messageId: attempt.message.id,
      attempt: attempt.number,
      at: deps.clock.now(),
      ...outcome,
    });
    return { do: 'answer', result: { status: 'sent' } };
  }
  // Another provider only gets what certainly reached nobody.
  const next =
    outcome instanceof TransientSendError
      ? deps.providers.afterFailure(provider, number)
      : { provider, failures: number };
  const result = await inTransaction(deps.db, (tx) =>
    recordFailure(tx, deps.hasher, attempt, outcome, next.provider, deps.clock.now()),
  );
  if (result !== 'again') return { do: 'answer', result };
  const askedFor = outcome instanceof TransientSendError ? outcome.retryAfterMs : undefined;
  const afterMs = next.failures === 0 ? 0 : backoffMs(next.failures, deps.random, askedFor);
  return { do: 'again', error: outcome, provider: next.provider.name, afterMs };
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
