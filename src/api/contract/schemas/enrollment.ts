import { z } from 'zod';
import { moment } from '../answers';

const fields = {
  id: z.string(),
  customerId: z.string(),
  journey: z.string(),
  key: z.string(),
  status: z.enum(['active', 'completed', 'exited', 'failed']),
  reason: z.string().nullable().meta({ description: 'Why it ended; null while it is active.' }),
  holdout: z.boolean(),
  priority: z.int(),
  triggerEventId: z.string().nullable(),
  listens: z.array(z.string()),
  enteredAt: moment,
  startsAt: moment,
  pausedAt: moment.nullable(),
  goalUntil: moment.nullable(),
  goalReachedAt: moment.nullable(),
  endedAt: moment.nullable(),
};

const state = z.enum(['running', 'waiting', 'paused', 'ended']);
const waitingFor = z.string().nullable();
const until = z
  .string()
  .nullable()
  .meta({ description: 'When the wait ends by itself, ISO 8601.' });

/** What a running journey answers when it is queried. */
export const liveStatus = z
  .strictObject({
    enrollmentId: z.string(),
    customerId: z.string(),
    key: z.string(),
    state,
    waitingFor,
    until,
    told: z.array(z.string()),
  })
  .meta({ id: 'LiveStatus', description: 'A running journey, as it says of itself.' });

export const enrollmentWithTimer = z
  .strictObject({
    ...fields,
    timer: z.strictObject({ state, waitingFor, until }).nullable(),
    timerUnknown: z.string().nullable().meta({ description: 'Why the next timer is not known.' }),
  })
  .meta({ id: 'EnrollmentWithTimer' });

export const liveEnrollment = z
  .strictObject({
    ...fields,
    live: liveStatus.nullable(),
    liveUnknown: z
      .string()
      .nullable()
      .meta({ description: 'Why the journey could not be queried.' }),
  })
  .meta({ id: 'LiveEnrollment' });
