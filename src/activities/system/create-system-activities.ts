import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { Policy } from '../../app';
import type { Db } from '../../db/transaction';
import type { Clock } from '../../domain/clock';
import { consentLifetimes } from '../../domain/consent/lapse';
import type { Ingest } from '../../ingest/accept';
import { expireConsents } from '../../ingest/expire-consents';
import type { JourneyIndex } from '../../ingest/journey-index';
import { createEnterScheduled } from './enter-scheduled';
import type { SystemActivities } from './messages';
import { occurrences } from './occurrences';
import { createOperate } from './operate';

export interface SystemActivityDeps {
  readonly db: Db;
  readonly index: JourneyIndex;
  readonly clock: Clock;
  readonly client: () => Promise<Client>;
  readonly ingest: Ingest;
  readonly app: { readonly policy: Pick<Policy, 'consent'> };
}

/** What the engine's own workflows do; they run on `systemQueue(taskQueue)`. */
export function createSystemActivities(deps: SystemActivityDeps): SystemActivities {
  return {
    operate: createOperate(deps),
    occurrences,
    expireConsents() {
      const context = Context.current();
      const lifetimes = consentLifetimes(deps.app.policy.consent);
      return expireConsents(deps, lifetimes, deps.clock.now(), (progress) => {
        context.cancellationSignal.throwIfAborted();
        context.heartbeat(progress);
      });
    },
    enterScheduled: createEnterScheduled(deps),
  };
}
