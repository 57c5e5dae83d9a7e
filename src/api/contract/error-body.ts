import { z } from 'zod';

const error = z.strictObject({
  code: z.string().meta({ description: 'Stable, for programs.', examples: ['unknown-customer'] }),
  message: z.string().meta({ description: 'What was found, what was expected, what to do.' }),
  details: z.record(z.string(), z.unknown()),
});

/** Every error of the API. */
export const errorBody = z.strictObject({ error }).meta({
  id: 'Error',
  description: 'Why a request was refused, and what to do about it.',
});

/** An event that could not be accepted. */
export const eventProblem = z
  .strictObject({
    index: z.int().min(0).meta({ description: 'The place of the event in the batch, from 0.' }),
    messageId: z.string().nullable(),
    message: z.string(),
  })
  .meta({ id: 'EventProblem' });

/** Every error of the tracking API, where clients of Segment look for `success`. */
export const trackingErrorBody = z
  .strictObject({ success: z.literal(false), errors: z.array(eventProblem).optional(), error })
  .meta({ id: 'TrackingError', description: 'Why events were refused, and what to do about it.' });
