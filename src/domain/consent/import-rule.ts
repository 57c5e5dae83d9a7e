import type { JsonObject } from '../json';
import type { ConsentState } from './consent';

/**
 * Why a consent from another system cannot be imported; undefined if it can. A subscription needs
 * the time at which it was given and some proof. An opt-out needs neither.
 */
export function importProblem(change: {
  readonly state: ConsentState;
  readonly at: Date | string | undefined;
  readonly proof: JsonObject | undefined;
}): string | undefined {
  if (change.state !== 'subscribed' && change.state !== 'pending') return undefined;
  const missing = [
    ...(change.at === undefined ? ['the moment (`at`)'] : []),
    ...(Object.keys(change.proof ?? {}).length === 0 ? ['the proof (`proof`)'] : []),
  ];
  if (missing.length === 0) return undefined;
  return `Found an imported consent without ${missing.join(' and ')}; a subscription that is taken over must be one that can be shown. Name when it was given and what shows it, such as the form, the IP address or the signed paper.`;
}
