import type { JsonObject } from '../json';
import type { ConsentState } from './consent';

/**
 * What is wrong with a consent that comes from another system's records; undefined where nothing
 * is. Who takes a subscription over must be able to show it: when it was given, and some proof. To
 * take an opt-out over needs neither, since not to write needs no permission.
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
