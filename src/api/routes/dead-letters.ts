import { z } from 'zod';
import { quarantined } from '../../db/read-models/operations/quarantined';
import { replayQuarantine } from '../../ingest/replay-quarantine';
import { deadLetters, retryDeadLetters } from '../../outbox/dead-letters';
import { answer, anyObject, moment, nextCursor } from '../contract/answers';
import { jsonBody } from '../contract/bodies';
import { pageQuery, queryLimit } from '../contract/inputs';
import { document } from '../contract/json-schema';
import { reply, route } from '../contract/route';
import { idText } from '../http/input';

const MAX_IDS = 1_000;
const MAX_BYTES = 512 * 1024;

const quarantinedEvent = z
  .strictObject({
    id: z.string(),
    messageId: z.string().nullable(),
    type: z.string(),
    reason: z.string().meta({ description: 'What does not fit the declaration of the event.' }),
    receivedAt: moment,
    payload: anyObject,
  })
  .meta({ id: 'QuarantinedEvent' });

export const listQuarantine = route({
  method: 'GET',
  path: '/v1/quarantine',
  id: 'listQuarantine',
  group: 'Repair',
  summary: 'Events that do not fit their declaration, newest first',
  roles: ['operate'],
  query: pageQuery(),
  answers: {
    200: answer(
      'Quarantined events.',
      z.strictObject({ events: z.array(quarantinedEvent), next: nextCursor }),
    ),
  },
  audit: 'request',
  handle: async ({ db }, { query }) => {
    const { items, next } = await quarantined(db, query);
    return reply(200, { events: items, next });
  },
});

export const replayQuarantined = route({
  method: 'POST',
  path: '/v1/quarantine/replay',
  id: 'replayQuarantined',
  group: 'Repair',
  summary: 'Validate quarantined events again, after their declaration was corrected',
  roles: ['operate'],
  body: jsonBody(z.strictObject({ ids: z.array(idText).min(1).max(MAX_IDS).optional() }), {
    maxBytes: MAX_BYTES,
  }),
  answers: {
    200: answer(
      'How many were accepted, and which still do not fit.',
      z.strictObject({
        replayed: z.int().min(0),
        remaining: z.array(
          z.strictObject({
            id: z.string(),
            messageId: z.string().nullable(),
            reason: z.string(),
          }),
        ),
      }),
    ),
  },
  audit: 'request',
  handle: async (deps, { body }) => reply(200, await replayQuarantine(deps, body.ids)),
});

const deadLetter = z
  .strictObject({
    id: z.int(),
    customerId: z.string(),
    enrollmentId: z.string(),
    journey: z.string(),
    kind: z.enum(['start', 'signal']),
    attempts: z.int(),
    error: z.string().nullable(),
    createdAt: moment,
    parkedAt: moment.nullable(),
  })
  .meta({
    id: 'DeadLetter',
    description: 'A start or a signal that Temporal refused again and again.',
  });

/** A cursor of this list is the id of a row. */
const after = document(
  z
    .string()
    .regex(/^\d{1,15}$/, 'expected the `next` of an earlier answer')
    .transform(Number),
  {
    type: 'integer',
    minimum: 0,
    maximum: 999_999_999_999_999,
    default: 0,
    description: 'The `next` of an earlier answer: the list continues there.',
  },
).default(0);

export const listDeadLetters = route({
  method: 'GET',
  path: '/v1/dead-letters',
  id: 'listDeadLetters',
  group: 'Repair',
  summary: 'What Temporal refused, oldest first',
  roles: ['operate'],
  query: { limit: queryLimit(100, 500), after },
  answers: {
    200: answer(
      'Dead letters.',
      z.strictObject({
        rows: z.array(deadLetter),
        next: z
          .int()
          .nullable()
          .meta({ description: 'Pass it as `after` to read the next part; null at the end.' }),
      }),
    ),
  },
  audit: 'none',
  handle: async ({ db }, { query }) => {
    const { limit } = query;
    const rows = await deadLetters(db, { after: query.after, limit: limit + 1 });
    const next = rows.length > limit ? (rows[limit - 1]?.id ?? null) : null;
    return reply(200, { rows: rows.slice(0, limit), next });
  },
});

/** A number, or a text that has one. */
const rowId = document(
  z
    .union([
      z.number(),
      z
        .string()
        .regex(/^\d{1,15}$/, 'expected a number')
        .transform(Number),
    ])
    .refine((id) => Number.isSafeInteger(id) && id > 0, 'expected a positive whole number'),
  {
    anyOf: [
      { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
      { type: 'string', pattern: '^0*[1-9][0-9]{0,13}$', maxLength: 15 },
    ],
  },
);

export const retryDeadLetter = route({
  method: 'POST',
  path: '/v1/dead-letters/retry',
  id: 'retryDeadLetters',
  group: 'Repair',
  summary: 'Send dead letters to Temporal again',
  roles: ['operate'],
  body: jsonBody(z.strictObject({ ids: z.array(rowId).min(1).max(MAX_IDS).optional() }), {
    maxBytes: MAX_BYTES,
  }),
  answers: {
    200: answer('How many are sent again.', z.strictObject({ retried: z.int().min(0) })),
  },
  audit: 'request',
  handle: async ({ db, clock }, { body }) =>
    reply(200, { retried: await retryDeadLetters(db, body.ids, clock.now()) }),
});
