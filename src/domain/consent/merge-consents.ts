import { strictness, type ConsentRecord } from './consent';

/**
 * The consents of two customers who are one: for each channel and purpose the latest explicit choice
 * holds, which is to subscribe or to unsubscribe; of two of the same time the stricter. Where neither
 * chose, the latest record.
 */
export function mergeConsents(
  a: readonly ConsentRecord[],
  b: readonly ConsentRecord[],
): readonly ConsentRecord[] {
  const merged = new Map<string, ConsentRecord>();
  for (const each of [...a, ...b]) {
    const name = `${each.channel} ${each.purpose}`;
    const other = merged.get(name);
    if (other === undefined || holdsOver(each, other)) merged.set(name, each);
  }
  return [...merged.values()];
}

function holdsOver(one: ConsentRecord, other: ConsentRecord): boolean {
  if (isChoice(one) !== isChoice(other)) return isChoice(one);
  const between = one.at.getTime() - other.at.getTime();
  return between > 0 || (between === 0 && strictness(one) > strictness(other));
}

function isChoice({ state }: ConsentRecord): boolean {
  return state === 'subscribed' || state === 'unsubscribed';
}
