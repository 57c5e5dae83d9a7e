/**
 * Why a decision ended as it did, or what became of one of its candidates. First the reasons against
 * the whole intent, then those against one channel, in the order of the gates.
 */
export const REASON_CODES = [
  'enrollment-ended',
  'overdue',
  'holdout',
  'no-channel',
  'no-content',
  'no-provider',
  'no-address',
  'suppressed',
  'no-consent',
  'pending-consent',
  'unsubscribed',
  'address-reached',
  'paused',
  'topic-off',
  'channel-off',
  'capped',
  'digest',
  'best-time',
  'quiet-hours',
  'render-failed',
  'chosen',
  'passed',
] as const;

export type ReasonCode = (typeof REASON_CODES)[number];

/** Each code in words, as reports and documents show it. */
export const REASON_WORDS: Readonly<Record<ReasonCode, string>> = {
  'enrollment-ended': 'the customer had left the journey',
  overdue: 'the step fell due during a pause, and the journey skips such steps',
  holdout: 'the customer is in the holdout, which gets no marketing, to measure its effect',
  'no-channel': 'the step names no channel that exists',
  'no-content': 'the template has no content for the channel',
  'no-provider': 'the channel has no provider',
  'no-address': 'the customer has no address on the channel',
  suppressed: 'the address must not be written to (it bounced, complained, or was refused)',
  'no-consent': 'the customer has not agreed to this purpose',
  'pending-consent': 'the customer has not confirmed the subscription yet',
  unsubscribed: 'the customer has opted out',
  'address-reached': 'another customer at the same address got this message within a day',
  paused: 'the customer has paused marketing, and the pause is not over',
  'topic-off': 'the customer has turned the topic off',
  'channel-off': 'the customer has turned the channel off',
  capped: 'the customer has had the most messages that a cap allows',
  digest: 'marketing waits for the time of the digest that the customer chose',
  'best-time': 'marketing waits for the time of day that the customer prefers',
  'quiet-hours': "it is within quiet hours on the customer's clock, so the message waits",
  'render-failed': 'the template could not be rendered',
  chosen: 'chosen',
  passed: 'it could have carried the message, but an earlier one was chosen',
};
