import { z } from 'zod';
import { REASON_CODES } from '../../../domain/decision/reason-codes';
import { anyObject, moment } from '../answers';

export const timelineItem = z
  .looseObject({
    kind: z.enum(['event', 'merge', 'entry', 'refusal', 'decision', 'message', 'end']),
    id: z.string(),
    at: moment.meta({ description: 'When it was recorded; for an event, when it was received.' }),
  })
  .meta({
    id: 'TimelineItem',
    description: 'Something that happened to a customer. The other fields depend on its kind.',
  });

const attempt = z.strictObject({
  attempt: z.int(),
  provider: z.string(),
  worker: z.string(),
  repeat: z.boolean(),
  startedAt: moment,
  endedAt: moment.nullable(),
  outcome: z.string().nullable(),
  response: z.string().nullable(),
});

const message = z
  .strictObject({
    id: z.string(),
    channel: z.string(),
    provider: z.string().nullable(),
    address: z.string(),
    content: anyObject.meta({
      description: 'The rendered message; its fields depend on the channel.',
    }),
    status: z.string(),
    attempts: z.array(attempt),
    providerMessageId: z.string().nullable(),
    error: z.string().nullable(),
    repeated: z.boolean(),
    cost: z.number(),
    decidedAt: moment,
    sentAt: moment.nullable(),
    deliveredAt: moment.nullable(),
    openedAt: moment.nullable(),
    clickedAt: moment.nullable(),
  })
  .meta({ id: 'Message' });

const reasonCode = z.enum(REASON_CODES);

const candidate = z.strictObject({
  channel: z.string(),
  verdict: reasonCode.meta({
    description: '`chosen`, `passed`, or the code of the gate that rejected it.',
  }),
  cost: z.number(),
  opensAt: z.string().optional(),
  detail: z.string().optional(),
});

export const decision = z
  .strictObject({
    id: z.string(),
    enrollmentId: z.string(),
    journey: z.string(),
    key: z.string(),
    step: z.int(),
    template: z.string(),
    purpose: z.string(),
    priority: z.string(),
    outcome: z.enum(['send', 'skip', 'defer']),
    reason: reasonCode,
    channel: z.string().nullable(),
    candidates: z.array(candidate),
    basis: anyObject.meta({ description: 'The facts that the decision is based on.' }),
    policyVersion: z.string().nullable().meta({ description: 'The policy it was made under.' }),
    variant: anyObject,
    tags: z.array(z.string()),
    deferrals: z.array(z.strictObject({ at: z.string(), until: z.string(), reason: z.string() })),
    nextAt: moment.nullable(),
    firstAt: moment,
    decidedAt: moment,
    message: message.nullable(),
  })
  .meta({ id: 'Decision', description: 'One intent to send, and why it was sent or not.' });
