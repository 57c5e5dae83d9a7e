import { commerceEvents } from './commerce';
import { emailEvents } from './email';
import { appEvents } from './app-events';
import { messageEvents } from './message';
import { profileEvents } from './profile';
import { shopEvents } from './shop';

/**
 * Every event that is known without declaring it: Segment's commerce, lifecycle and e-mail
 * vocabularies, the shop's own, and what happens to messages. A catalogue adds its own to these.
 *
 * @example
 * const events = { ...standardEvents, 'Signed Up': z.looseObject({ plan: z.string() }) };
 */
export const standardEvents = {
  ...commerceEvents,
  ...appEvents,
  ...emailEvents,
  ...shopEvents,
  ...messageEvents,
  ...profileEvents,
} as const;
