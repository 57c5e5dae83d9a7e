/**
 * Which events are something that the customer did. What happens to their messages, what the engine
 * notes, and opens, which mail programs make by themselves, do not show that somebody was there.
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

/** What the engine records itself and the customer did nevertheless. */
export const RECORDED_ACTS = [
  'Message Clicked',
  'Message Replied',
  'Subscription Confirmed',
] as const;

const passive: ReadonlySet<string> = new Set(PASSIVE_EVENTS);
const acts: ReadonlySet<string> = new Set(RECORDED_ACTS);

/** @param own whether the engine recorded it itself */
export function isActivity(name: string, own: boolean): boolean {
  return own ? acts.has(name) : !passive.has(name);
}
