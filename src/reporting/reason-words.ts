/** Why a decision, a channel, an entry or a message ended as it did: its code, in words. */
const WORDS: Readonly<Record<string, string>> = {
  // Channels and decisions.
  chosen: 'chosen',
  passed: 'could have carried it, but one before it was chosen',
  'no-channel': 'no channel was asked for',
  'no-content': 'the template has no words for it',
  'no-provider': 'no provider is set up for it',
  'no-address': 'the customer has told no address for it',
  suppressed: 'the address must not be written to (it bounced, complained, or was refused)',
  'no-consent': 'the customer has not agreed to this purpose',
  'pending-consent': 'the customer has not confirmed the subscription yet',
  unsubscribed: 'the customer has opted out',
  'address-reached': 'somebody else at the same address has just got this message',
  paused: 'the customer asked for a pause, which is not over yet',
  'topic-off': 'the customer has turned the topic off',
  'channel-off': 'the customer has turned the channel off',
  digest: 'the customer gets marketing together, at the time of their digest',
  'best-time': 'the customer likes another time of the day better',
  capped: 'the customer has had the most messages that a cap allows',
  'quiet-hours': "it is within quiet hours on the customer's clock",
  'enrollment-ended': 'the customer had left the journey',
  overdue: 'the step fell due during a pause, and the journey skips such steps',
  holdout: 'the customer is in the holdout, who get no marketing, to measure what it is worth',
  'render-failed': 'the template could not be rendered',
  // Messages.
  'unknown-outcome':
    'nobody knows whether the provider took it, since the answer was lost; marketing is not repeated',
  erased: 'the customer was erased',
  // Entries.
  'already-in': 'the customer was in the journey already',
  'reentry-never': 'the journey takes each customer once',
  'reentry-too-soon': 'the last passage ended too recently',
  'reentry-limit': 'the customer has been in it as often as it allows',
  'key-too-long': 'what the enrollment would be about has a name of more than 255 characters',
  'max-concurrent': 'the journey was full',
  // Ends.
  merged: 'its customer turned out to be one with another, who had entered before',
  finished: 'it came to its end',
  'opted-out': 'the customer opted out of its purpose',
  operator: 'an operator ended it',
  cancelled: 'somebody cancelled it in Temporal',
  crash: 'its code failed',
};

/** A reason code in words; one that nobody has words for is given as it is. */
export function reasonInWords(reason: string): string {
  const known = Object.hasOwn(WORDS, reason) ? WORDS[reason] : undefined;
  if (known !== undefined) return known;
  const [, code, rest] = /^([\w-]+): (.+)$/s.exec(reason) ?? [];
  switch (code ?? '') {
    case 'goal':
      return `it reached its goal: ${rest ?? ''}`;
    case 'refused':
      return `the provider refused it: ${rest ?? ''}`;
    case 'suppressed':
      return `the provider said never to write to the address again: ${rest ?? ''}`;
    default:
      return reason;
  }
}
