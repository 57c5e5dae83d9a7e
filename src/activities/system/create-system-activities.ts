import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { App } from '../../app';
import type { Db } from '../../db/transaction';
import type { Clock } from '../../domain/clock';
import { consentLifetimes } from '../../domain/consent/consent-expiry';
import type { Ingest } from '../../ingest/ingest';
import { expireConsents } from '../../consent/expire-consents';
import type { JourneyIndex } from '../../enrollments/journey-index';
import type { Logger } from '../../logger';
import type { ErasureDeps } from '../../privacy/erasure';
import { createEnforceRetention } from './enforce-retention';
import { createEnterScheduled } from './enter-scheduled';
import { createEraseCustomer } from './erase-customer';
import type { SystemActivities } from './protocol';
import { occurrences } from './occurrences';
import { createOperate } from './operate';
import { createReconcileErasures } from './reconcile-erasures';

export interface SystemActivityDeps {
  readonly db: Db;
  readonly index: JourneyIndex;
  readonly clock: Clock;
  readonly client: () => Promise<Client>;
  /** The task queue of the journeys; system workflows run on `systemQueue(taskQueue)`. */
  readonly taskQueue: string;
  readonly ingest: Ingest;
  readonly app: Pick<App, 'policy'>;
  readonly erasure: ErasureDeps;
  readonly logger: Logger;
  readonly mailboxDirectory: string | null;
}

/** Creates the activities of the system workflows, which run on `systemQueue(taskQueue)`. */
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
    erase: createEraseCustomer({ ...deps, ...deps.erasure }),
    reconcileErasures: createReconcileErasures(deps),
    enforceRetention: createEnforceRetention({
      ...deps,
      retention: deps.app.policy.retention ?? {},
    }),
  };
}
