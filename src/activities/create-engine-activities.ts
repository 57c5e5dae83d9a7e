import type { EngineActivities } from '../journey/engine-activities';
import { createCustomerActivities } from './customer-activities';
import { createDecideAndClaim, type DecideAndClaimDeps } from './sending/decide-and-claim';
import { createSend, type SendDeps } from './sending/send';
import { createEnrollmentActivities } from './enrollment-activities';
import { createTaskActivities } from './task-activities';

export type EngineActivityDeps = DecideAndClaimDeps &
  SendDeps &
  Parameters<typeof createCustomerActivities>[0] &
  Parameters<typeof createEnrollmentActivities>[0];

/** Creates all local activities that journeys call. */
export function createEngineActivities(deps: EngineActivityDeps): EngineActivities {
  return {
    send: createSend(createDecideAndClaim(deps), deps),
    ...createEnrollmentActivities(deps),
    ...createCustomerActivities(deps),
    ...createTaskActivities(deps),
  };
}
