import { writeDecision } from '../../db/stores/decisions';
import { inTransaction, type Db } from '../../db/transaction';
import type { Clock } from '../../domain/clock';
import type { SendInput, SendResult } from '../../journey/engine-activities';
import { toOutgoing } from '../../channels/outgoing-message';
import type { BegunAttempt } from '../delivery/begin-attempt';
import type { InlineDelivery } from '../delivery/inline-delivery';
import { decide, type DecideDeps } from './decide';
import { messageRow } from './message-row';

export interface DecideAndClaimDeps extends DecideDeps {
  readonly db: Db;
  readonly inline: InlineDelivery;
  readonly clock: Clock;
  /** Names this process in the record of attempts. */
  readonly workerName: string;
}

/** What was decided, with the first attempt where this process is to make it: it is recorded. */
export interface Claimed {
  readonly result: SendResult;
  readonly attempt?: BegunAttempt;
}

export type DecideAndClaim = (input: SendInput) => Promise<Claimed>;

/**
 * When a decision took longer than this, waiting for a lock or a connection, the activity may soon
 * be retried while it still runs; it makes no attempt, so that there are never two.
 */
const MAX_MS_BEFORE_CLAIM = 5_000;

/**
 * Decides one intent to send and, where this process may deliver the message inline, claims it by
 * recording its first attempt. All of it is one transaction under the customer's row lock, and the
 * decision, the message and the attempt are one statement.
 */
export function createDecideAndClaim(deps: DecideAndClaimDeps): DecideAndClaim {
  return (input) => {
    const begun = performance.now();
    return inTransaction(deps.db, async (tx): Promise<Claimed> => {
      const { result, decision, message } = await decide(tx, deps, input);
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
