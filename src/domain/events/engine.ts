import { z } from 'zod';

import { channelKindSchema } from '../channels/channel-kind';
import { optionalText, requiredId } from './fields';
import { messageEvents } from './message';
import { profileEvents } from './profile';

/**
 * The events that the engine records or handles, about messages, segments, subscriptions,
 * preferences and tasks. Every application has them without declaring them.
 */
export const engineEvents = {
  ...messageEvents,
  ...profileEvents,
  /** A request to subscribe, to be confirmed by mail (double opt-in). */
  'Subscription Requested': z.looseObject({
    topic: requiredId,
    channel: channelKindSchema.nullish(),
    /** The version of the consent text that was shown; the ledger keeps it. */
    wording: optionalText,
  }),
  'Subscription Confirmed': z.looseObject({ topic: requiredId, channel: channelKindSchema }),
  /** `changed` names what changed, such as `digest` or `channels.sms`. */
  'Preferences Changed': z.looseObject({
    source: optionalText,
    changed: z.array(z.string()).nullish(),
  }),
  /** A customer whose link has expired asked for a new one. */
  'Preference Link Requested': z.looseObject({}),
  'Task Completed': z.looseObject({
    task_id: requiredId,
    outcome: z.string().min(1),
    kind: optionalText,
  }),
} as const;

export type EngineEvents = typeof engineEvents;

/** The engine's events for an application: a subscription to an undeclared topic is invalid. */
export function engineEventsFor(topics: readonly string[]): Readonly<Record<string, z.ZodType>> {
  const topic = z.enum(topics);
  return {
    ...engineEvents,
    'Subscription Requested': engineEvents['Subscription Requested'].extend({ topic }),
    'Subscription Confirmed': engineEvents['Subscription Confirmed'].extend({ topic }),
  };
}
