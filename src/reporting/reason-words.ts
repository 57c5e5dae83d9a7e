import { REASON_WORDS } from '../domain/decision/reason-codes';

/** Why a decision, an entry, a message or an enrollment ended as it did: each code in words. */
const WORDS: Readonly<Record<string, string>> = {
  ...REASON_WORDS,
  // Messages.
  'unknown-outcome':
    'the outcome is unknown, since the answer of the provider was lost; marketing is not repeated',
  erased: 'the customer was erased',
  withdrawn: 'its journey ended before it was delivered',
  'gave-up': 'its provider kept failing until the retries were over',
  // Entries.
  'already-in': 'the customer was in the journey already',
  'reentry-never': 'the journey takes each customer once',
  'reentry-too-soon': 'the last enrollment ended too recently',
  'reentry-limit': 'the customer has been in it as often as it allows',
  'key-too-long': 'the key of the enrollment would be longer than 255 characters',
  'max-concurrent': 'the journey has as many active enrollments as it allows',
  // Ends.
  merged: 'its customer was merged into another one, who had entered before',
  finished: 'its function returned',
  'opted-out': 'the customer opted out of its purpose',
  operator: 'an operator ended it',
  cancelled: 'it was cancelled in Temporal',
  crash: 'its code threw an error',
};

/** A reason code in words; one without words is returned as it is. */
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
