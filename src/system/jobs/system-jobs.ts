import {
  ENFORCE_RETENTION,
  EXPIRE_CONSENTS,
  RECONCILE_ERASURES,
} from '../../activities/system/protocol';
import type { SystemJob } from './system-job';

/**
 * The periodic work of the engine. The relay and the profile projector are not jobs, since they have
 * to react within a second or two.
 *
 * Daily jobs run at night for most shops, and not on the hour, when other jobs start. Times are UTC.
 */
export const systemJobs: readonly SystemJob[] = [
  {
    id: 'consent-expiry',
    workflow: EXPIRE_CONSENTS,
    spec: { calendars: [{ hour: 2, minute: 47, comment: 'every day at 02:47 UTC' }] },
    description:
      'Ends subscriptions that were not confirmed in time, and those of customers who have been inactive for too long',
  },
  {
    id: 'retention',
    workflow: ENFORCE_RETENTION,
    spec: { calendars: [{ hour: 3, minute: 17, comment: 'every day at 03:17 UTC' }] },
    description:
      "Drops events and empties messages that are older than the application's policy allows",
    isNeeded: ({ retention = {} }) => Object.values(retention).some((each) => each !== undefined),
  },
  {
    id: 'erasure-reconciliation',
    workflow: RECONCILE_ERASURES,
    spec: { intervals: [{ every: '1 minute' }] },
    description:
      'Starts the erasures of customers that were requested while Temporal was unavailable, or whose workflow was ended',
    runsAtStart: true,
  },
];
