import { writeDecision } from '../../db/stores/decisions';
import { storePolicy } from '../../db/stores/policies';
import { inTransaction, type Db } from '../../db/transaction';
import type { Clock } from '../../domain/clock';
import { decisionPolicy, policyVersion } from '../../domain/decision/policy';
import type { SendInput, SendResult } from '../../journey/engine-activities';
import { toOutgoing } from '../../channels/outgoing-message';
import type { BegunAttempt } from '../delivery/begin-attempt';
import type { InlineDelivery } from '../delivery/inline-delivery';
import { createDecide, type DecideDeps } from './decide';
import { messageRow } from './message-row';

export interface DecideAndClaimDeps extends DecideDeps {
  readonly db: Db;
  readonly inline: InlineDelivery;
  readonly clock: Clock;
  /** Identifies this process in the recorded attempts. */
  readonly workerName: string;
}

/** A decision, with the recorded first attempt if this process has to make it. */
export interface Claimed {
  readonly result: SendResult;
  readonly attempt?: BegunAttempt;
}

export type DecideAndClaim = (input: SendInput) => Promise<Claimed>;

/**
 * If a decision waits longer than this for a lock or a connection, the activity may be retried while
 * it still runs. It then claims no attempt, so that there are never two.
 */
const MAX_MS_BEFORE_CLAIM = 5_000;

/**
 * Decides one intent to send. If this process may deliver the message inline, it also claims the
 * message by recording the first attempt. This is one transaction under the customer's row lock, and
 * one statement writes the decision, the message and the attempt.
 */
export function createDecideAndClaim(deps: DecideAndClaimDeps): DecideAndClaim {
  const decide = createDecide(deps);
  const policy = decisionPolicy(deps.policy);
  const storing = once(() => storePolicy(deps.db, policyVersion(policy), policy, deps.clock.now()));
  return async (input) => {
    const begun = performance.now();
    await storing();
    return inTransaction(deps.db, async (tx): Promise<Claimed> => {
      const { result, decision, message } = await decide(tx, input);
      if (decision === undefined) return { result };
      const { exposures } = input;
      if (message === undefined) {
        await writeDecision(tx, decision, { exposures });
        return { result };
      }
      const { provider } = message;
      const inTime = performance.now() - begun < MAX_MS_BEFORE_CLAIM;
      if (provider === undefined || !inTime || !deps.inline.accepts(message.channel)) {
        await writeDecision(tx, decision, {
          exposures,
          message: messageRow(input, message, 'decided'),
        });
        return { result };
      }
      await writeDecision(tx, decision, {
        exposures,
        message: messageRow(input, message, 'sending'),
        attempt: {
          message_id: message.id,
          attempt: 1,
          provider: provider.name,
          worker: deps.workerName,
          repeat: false,
          started_at: deps.clock.now(),
        },
      });
      const outgoing = toOutgoing(message, message.links);
      return { result, attempt: { do: 'call', number: 1, provider, message: outgoing } };
    });
  };
}

/** Runs a function once; a failed run is repeated at the next call. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work().catch((error: unknown) => {
      done = undefined;
      throw error;
    });
    return done;
  };
}
