import type { EngineActivities } from '../journey/engine-activities';
import { createCustomerActivities } from './customer-activities';
import { createDecide, type DecideDeps } from './decide';
import { deliverInline, type DeliverInlineDeps } from './delivery/deliver-inline';
import { createEnrollmentActivities } from './enrollment-activities';
import { createTaskActivities } from './task-activities';

export type EngineActivityDeps = DecideDeps &
  DeliverInlineDeps &
  Parameters<typeof createCustomerActivities>[0] &
  Parameters<typeof createEnrollmentActivities>[0];

/** Everything that a running journey may ask of the engine, over one set of dependencies. */
export function createEngineActivities(deps: EngineActivityDeps): EngineActivities {
  return {
    decide: deliverInline(createDecide(deps), deps),
    ...createEnrollmentActivities(deps),
    ...createCustomerActivities(deps),
    ...createTaskActivities(deps),
  };
}
