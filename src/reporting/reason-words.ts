import { REASON_WORDS } from '../domain/decision/reason-codes';

/** Explanations of the reason codes of decisions, entries, messages and enrollments. */
const WORDS: Readonly<Record<string, string>> = {
  ...REASON_WORDS,
  // Messages.
  'unknown-outcome':
    "the outcome is unknown, since the provider's answer was lost; marketing is not repeated",
  erased: 'the customer was erased',
  withdrawn: 'its journey ended before it was delivered',
  'gave-up': 'its provider kept failing until the retry limit',
  // Entries.
  'already-in': 'the customer was already in the journey',
  'reentry-never': 'the journey allows each customer to enter once',
  'reentry-too-soon': 'the last enrollment ended too recently',
  'reentry-limit': 'the customer has reached the maximum number of entries',
  'key-too-long': 'the key of the enrollment would be longer than 255 characters',
  'max-concurrent': 'the journey has reached its maximum number of active enrollments',
  // Ends.
  merged: 'its customer was merged into another one, who was already enrolled',
  finished: 'its body finished',
  'opted-out': 'the customer opted out of its purpose',
  operator: 'an operator ended it',
  cancelled: 'it was cancelled in Temporal',
  crash: 'its code threw an error',
};

/** Explains a reason code; a code without an explanation is returned unchanged. */
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
      return `the provider refused the address permanently: ${rest ?? ''}`;
    default:
      return reason;
  }
}
