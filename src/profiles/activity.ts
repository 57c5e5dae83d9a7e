/**
 * Events that do not show that the customer was present: delivery reports, events that the engine
 * records, and opens, which mail clients trigger automatically.
 */
export const PASSIVE_EVENTS = [
  'Message Sent',
  'Message Delivered',
  'Message Opened',
  'Message Bounced',
  'Email Delivered',
  'Email Opened',
  'Email Bounced',
  'Push Notification Received',
  'Push Notification Bounced',
  'Segment Entered',
  'Segment Left',
  'Task Completed',
  'Consent Changed',
] as const;

/** Events that the engine records, but that the customer caused. */
export const RECORDED_ACTS = [
  'Message Clicked',
  'Message Replied',
  'Subscription Confirmed',
] as const;

const passive: ReadonlySet<string> = new Set(PASSIVE_EVENTS);
const acts: ReadonlySet<string> = new Set(RECORDED_ACTS);

/** @param own whether the engine recorded the event */
export function isActivity(name: string, own: boolean): boolean {
  return own ? acts.has(name) : !passive.has(name);
}
