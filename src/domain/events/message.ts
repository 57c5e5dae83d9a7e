import { z } from 'zod';

import { optionalPersonalText, optionalText, requiredId } from './fields';

const messageProperties = {
  message_id: requiredId,
  channel: optionalText,
  template: optionalText,
  journey: optionalText,
};

const message = z.looseObject(messageProperties);

/** What happened to a message of this engine; `message_id` is the id that `j.send` returned. */
export const messageEvents = {
  /**
   * Segment's vocabulary for assistants uses this name for a chat message, which has no
   * `message_id`. Such an event is valid, but is not about a message of ours.
   */
  'Message Sent': z.looseObject({ ...messageProperties, message_id: requiredId.nullish() }),
  'Message Delivered': message,
  'Message Opened': message,
  'Message Clicked': z.looseObject({ ...messageProperties, url: optionalText }),
  /** `kind` is `soft` if a later message may arrive; any other value counts as a hard bounce. */
  'Message Bounced': z.looseObject({
    ...messageProperties,
    reason: optionalText,
    kind: optionalText,
  }),
  'Message Replied': z.looseObject({ ...messageProperties, text: optionalPersonalText }),
  'Message Complained': message,
  /** An inbound message; `keyword` is `stop`, `start` or `help` if the text is one of these words. */
  'Message Received': z.looseObject({
    channel: optionalText,
    keyword: optionalText,
    text: optionalPersonalText,
  }),
} as const;
