/**
 * Which events show that the customer was present. The list has two readers: computed profiles
 * (sessions, last seen) and the expiry of consents, which ends subscriptions of customers who are
 * inactive. They differ in one event only: mail clients open messages automatically, so an open
 * makes no session, but it is the only trace that readers leave, so it keeps a subscription alive.
 *
 * Not activity: reports about an address or a device (deliveries, bounces, an uninstalled app, which
 * push services report days later), and what the engine records about a customer.
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
  'Application Uninstalled',
  'Segment Entered',
  'Segment Left',
  'Task Completed',
  'Consent Changed',
] as const;

/** Passive events that nevertheless keep a subscription from expiring. */
const OPENS: readonly string[] = ['Message Opened', 'Email Opened'];

/** Events that the engine records, but that the customer caused. */
export const RECORDED_ACTS = [
  'Message Clicked',
  'Message Received',
  'Message Replied',
  'Preferences Changed',
  'Subscription Confirmed',
] as const;

/** Events that do not keep a subscription from expiring. */
export const NOT_RENEWING_EVENTS: readonly string[] = PASSIVE_EVENTS.filter(
  (name) => !OPENS.includes(name),
);

const passive: ReadonlySet<string> = new Set(PASSIVE_EVENTS);
const notRenewing: ReadonlySet<string> = new Set(NOT_RENEWING_EVENTS);
const acts: ReadonlySet<string> = new Set(RECORDED_ACTS);

/** Whether an event counts as a session of its customer. @param own whether the engine recorded it */
export function isActivity(name: string, own: boolean): boolean {
  return own ? acts.has(name) : !passive.has(name);
}

/** Whether an event keeps a subscription from expiring; the rule of `expireConsents`. */
export function renewsConsent(name: string, own: boolean): boolean {
  return own ? acts.has(name) : !notRenewing.has(name);
}
