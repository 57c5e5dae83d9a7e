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
   * Segment's vocabulary for assistants uses this name for a line of a chat, which has no
   * `message_id`; such an event is valid and is about no message of ours.
   */
  'Message Sent': z.looseObject({ ...messageProperties, message_id: requiredId.nullish() }),
  'Message Delivered': message,
  'Message Opened': message,
  'Message Clicked': z.looseObject({ ...messageProperties, url: optionalText }),
  /** `kind` is `soft` for what may arrive another time; anything else counts as for good. */
  'Message Bounced': z.looseObject({
    ...messageProperties,
    reason: optionalText,
    kind: optionalText,
  }),
  'Message Replied': z.looseObject({ ...messageProperties, text: optionalPersonalText }),
  'Message Complained': message,
  /** Somebody wrote to us; `keyword` is `stop`, `start` or `help` where the text is one of these. */
  'Message Received': z.looseObject({
    channel: optionalText,
    keyword: optionalText,
    text: optionalPersonalText,
  }),
} as const;
