import type { Client } from '@temporalio/client';
import type { App } from '../../app';
import type { Db } from '../../db/transaction';
import type { Clock } from '../../domain/clock';
import type { JourneyIndex } from '../../ingest/journey-index';
import type { Logger } from '../../logger';
import type { ErasureDeps } from '../../privacy/erasure';
import { createEnterScheduled } from './enter-scheduled';
import { createForget } from './forget';
import type { SystemActivities } from './messages';
import { occurrences } from './occurrences';
import { createOperate } from './operate';
import { createRetain } from './retain';

export interface SystemActivityDeps {
  readonly db: Db;
  readonly index: JourneyIndex;
  readonly clock: Clock;
  readonly client: () => Promise<Client>;
  readonly app: Pick<App, 'policy'>;
  readonly erasure: ErasureDeps;
  readonly logger: Logger;
  readonly outboxDirectory: string | null;
}

/** What the engine's own workflows do; they run on `systemQueue(taskQueue)`. */
export function createSystemActivities(deps: SystemActivityDeps): SystemActivities {
  return {
    operate: createOperate(deps),
    occurrences,
    enterScheduled: createEnterScheduled(deps),
    forget: createForget({ ...deps, ...deps.erasure }),
    retain: createRetain({ ...deps, retention: deps.app.policy.retention ?? {} }),
  };
}
