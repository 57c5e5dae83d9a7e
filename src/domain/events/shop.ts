import { z } from 'zod';

import { channelKindSchema } from '../channels/channel-kind';
import { instant, optionalNumber, optionalText, requiredId } from './fields';
import { optionalProducts } from './product';

/**
 * What Segment's vocabularies lack and the journeys that ship need: a cart as a whole,
 * appointments, subscriptions and the work of people.
 */
export const shopEvents = {
  'Cart Updated': z.looseObject({
    cart_id: requiredId,
    value: optionalNumber,
    currency: optionalText,
    products: optionalProducts,
  }),
  'Cart Emptied': z.looseObject({ cart_id: requiredId }),
  'Appointment Booked': z.looseObject({
    appointment_id: requiredId,
    starts_at: instant,
    service: optionalText,
    place: optionalText,
  }),
  'Appointment Rescheduled': z.looseObject({ appointment_id: requiredId, starts_at: instant }),
  'Appointment Cancelled': z.looseObject({ appointment_id: requiredId }),
  'Subscription Requested': z.looseObject({
    topic: requiredId,
    channel: channelKindSchema.nullish(),
    /** The version of the words beside the box that was ticked; the ledger keeps it. */
    wording: optionalText,
  }),
  'Subscription Confirmed': z.looseObject({ topic: requiredId, channel: channelKindSchema }),
  /** What changed, such as `digest` or `channels.sms`; recorded by the engine. */
  'Preferences Changed': z.looseObject({
    source: optionalText,
    changed: z.array(z.string()).nullish(),
  }),
  /** Somebody whose link has expired asked for a new one; recorded by the engine. */
  'Preference Link Requested': z.looseObject({}),
  'Task Completed': z.looseObject({
    task_id: requiredId,
    outcome: z.string().min(1),
    kind: optionalText,
  }),
} as const;
