import type { Client } from '@temporalio/client';
import type { Db } from '../../db/transaction';
import type { Clock } from '../../domain/clock';
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
}

/** What the engine's own workflows do; they run on `systemQueue(taskQueue)`. */
export function createSystemActivities(deps: SystemActivityDeps): SystemActivities {
  return {
    operate: createOperate(deps),
    occurrences,
    enterScheduled: createEnterScheduled(deps),
  };
}
