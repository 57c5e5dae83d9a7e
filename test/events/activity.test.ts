import { isActivity, renewsConsent } from '../../src/events/activity';

it.each([
  // name, recorded by the engine, counts as activity, keeps a subscription
  ['Product Viewed', false, true, true],
  ['Message Opened', false, false, true],
  ['Email Opened', false, false, true],
  ['Message Delivered', false, false, false],
  ['Email Bounced', false, false, false],
  ['Push Notification Received', false, false, false],
  ['Application Opened', false, true, true],
  ['Application Uninstalled', false, false, false],
  ['Message Clicked', true, true, true],
  ['Message Received', true, true, true],
  ['Message Replied', true, true, true],
  ['Preferences Changed', true, true, true],
  ['Subscription Confirmed', true, true, true],
  ['Consent Changed', true, false, false],
  ['Segment Entered', true, false, false],
  ['Task Completed', true, false, false],
  ['Message Sent', true, false, false],
])('%s (recorded by the engine: %s) is activity: %s, renews a consent: %s', (...row) => {
  const [name, own, activity, renews] = row;
  expect([isActivity(name, own), renewsConsent(name, own)]).toEqual([activity, renews]);
});
