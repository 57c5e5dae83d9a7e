import type { ConsentRecord, ConsentState } from './consent';

/** What the person said themselves; the other states are what is merely known of it. */
const EXPLICIT: readonly ConsentState[] = ['subscribed', 'unsubscribed'];

/** Of two states of the same weight and time, the later one of this list holds. */
const STRICTNESS: readonly ConsentState[] = ['subscribed', 'pending', 'none', 'unsubscribed'];

/**
 * The consents of two customers who turn out to be one person. For each channel and purpose the
 * latest explicit choice holds (subscribed or unsubscribed); an unconfirmed request or a consent
 * that lapsed on one side says nothing against a choice on the other. Of two statements of the same
 * time the stricter holds.
 *
 * The order of the two does not matter, and merging again changes nothing.
 *
 * @returns one record for each channel and purpose, sorted
 */
export function mergeConsents(
  a: readonly ConsentRecord[],
  b: readonly ConsentRecord[],
): readonly ConsentRecord[] {
  const held = new Map<string, ConsentRecord>();
  for (const record of [...a, ...b]) {
    const name = `${record.channel} ${record.purpose}`;
    const other = held.get(name);
    held.set(name, other === undefined ? record : stronger(other, record));
  }
  return [...held]
    .toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
    .map(([, record]) => record);
}

function stronger(a: ConsentRecord, b: ConsentRecord): ConsentRecord {
  const weight = Number(EXPLICIT.includes(a.state)) - Number(EXPLICIT.includes(b.state));
  if (weight !== 0) return weight > 0 ? a : b;
  const later = a.at.getTime() - b.at.getTime();
  if (later !== 0) return later > 0 ? a : b;
  return STRICTNESS.indexOf(a.state) >= STRICTNESS.indexOf(b.state) ? a : b;
}
