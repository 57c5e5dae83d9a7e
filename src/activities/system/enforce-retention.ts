import { Context } from '@temporalio/activity';
import type { Db } from '../../db/transaction';
import type { Clock } from '../../domain/clock';
import { durationMs, type Duration } from '../../domain/duration';
import type { Logger } from '../../logger';
import { dropOldEvents } from '../../privacy/drop-old-events';
import { emptyOldMessages } from '../../privacy/empty-old-messages';
import type { SystemActivities } from './protocol';

export interface EnforceRetentionDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly retention: { readonly events?: Duration; readonly messages?: Duration };
}

/** Enforces the policy's retention periods. Idempotent. */
export function createEnforceRetention(
  deps: EnforceRetentionDeps,
): SystemActivities['enforceRetention'] {
  const { db, clock, logger, retention } = deps;
  return async () => {
    const context = Context.current();
    const heartbeat = () => {
      context.cancellationSignal.throwIfAborted();
      context.heartbeat();
    };
    const now = clock.now();
    const cutoff = (period: Duration) => new Date(now.getTime() - durationMs(period));
    const messages =
      retention.messages === undefined
        ? { emptiedMessages: 0, deletedInboxItems: 0 }
        : await emptyOldMessages(db, cutoff(retention.messages), now, heartbeat);
    const events =
      retention.events === undefined
        ? { droppedMonths: [], deletedQuarantined: 0 }
        : await dropOldEvents(db, cutoff(retention.events), now, heartbeat);
    const result = { ...messages, ...events };
    logger.info(result, 'enforced the retention periods');
    return result;
  };
}
