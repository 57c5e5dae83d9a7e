import { z } from 'zod';
import type { CallType } from '../../../domain/events/tracking-call';
import { eventProblem } from '../error-body';
import { document } from '../json-schema';

/*
 * The tracking API has a reader of its own, which does not parse an event twice. These schemas
 * describe what it accepts; fields that they do not name are accepted and ignored.
 */

const id = document(z.unknown(), {
  anyOf: [
    { type: 'string', maxLength: 255 },
    { type: 'number', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
    { type: 'null' },
  ],
}).optional();

const object = document(z.unknown(), { type: ['object', 'null'], additionalProperties: {} });

const common = {
  messageId: id.meta({ description: 'A repeated call with the same messageId has no effect.' }),
  userId: id,
  anonymousId: id,
  timestamp: z.unknown().optional().meta({ description: 'When it happened, ISO 8601.' }),
  sentAt: z.unknown().optional().meta({ description: "The client's clock when it sent the call." }),
  context: object.optional(),
};
const traits = object.optional();
const properties = object.optional();

const calls: Readonly<Record<CallType, z.ZodType>> = {
  identify: z.looseObject({ ...common, traits }),
  track: z.looseObject({
    ...common,
    event: document(z.unknown(), { type: 'string', maxLength: 200, pattern: '[A-Za-z0-9]' }),
    properties,
  }),
  page: z.looseObject({ ...common, name: z.unknown().optional(), properties }),
  screen: z.looseObject({ ...common, name: z.unknown().optional(), properties }),
  group: z.looseObject({ ...common, groupId: id, traits }),
  alias: z.looseObject({
    ...common,
    previousId: document(z.unknown(), {
      anyOf: [
        { type: 'string', maxLength: 255, pattern: '[A-Za-z0-9]' },
        { type: 'number', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
      ],
    }),
  }),
};

/** The body of one call, by its type. */
export function callSchema(type: CallType): z.ZodType {
  const name = type.slice(0, 1).toUpperCase() + type.slice(1);
  return calls[type].meta({ id: `${name}Call` });
}

export const batchBody = z
  .looseObject({
    batch: z
      .array(z.unknown())
      .max(2_500)
      .meta({ description: 'Calls, each with its `type`: track, identify and so on.' }),
    context: object.optional(),
    integrations: object.optional(),
    sentAt: z.unknown().optional(),
  })
  .meta({ id: 'Batch' });

const quarantined = z
  .array(eventProblem)
  .meta({ description: 'Events that were kept, but do not fit their declaration.' });

export const callAnswer = z.strictObject({
  success: z.literal(true),
  quarantined: quarantined.optional(),
});

export const batchAnswer = z.strictObject({
  success: z.boolean().meta({ description: 'Whether all of them were accepted.' }),
  errors: z.array(eventProblem),
  quarantined,
  duplicates: z
    .int()
    .min(0)
    .meta({ description: 'How many had a messageId that had been accepted before.' }),
});
