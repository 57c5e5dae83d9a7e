import { z } from 'zod';
import { anyObject, moment } from '../answers';

export const TASK_STATUSES = ['open', 'claimed', 'completed', 'cancelled'] as const;

export const task = z
  .strictObject({
    id: z.string(),
    customerId: z.string(),
    enrollmentId: z.string(),
    journey: z.string(),
    kind: z.string().meta({ description: 'The sort of work.', examples: ['call'] }),
    title: z.string(),
    details: anyObject,
    status: z.enum(TASK_STATUSES),
    assignee: z.string().nullable(),
    outcome: z.string().nullable(),
    notes: z.string().nullable(),
    dueAt: moment.nullable(),
    createdAt: moment,
    claimedAt: moment.nullable(),
    completedAt: moment.nullable(),
  })
  .meta({ id: 'Task', description: 'Work for a person that a journey has requested.' });
