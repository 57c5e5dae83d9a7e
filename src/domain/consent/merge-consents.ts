import type { ConsentRecord, ConsentState } from './consent';

/** The states that are an explicit choice of the customer. */
const EXPLICIT: readonly ConsentState[] = ['subscribed', 'unsubscribed'];

/** Of two states of the same weight and time, the one later in this list applies. */
const STRICTNESS: readonly ConsentState[] = ['subscribed', 'pending', 'none', 'unsubscribed'];

/**
 * Merges the consents of two customers who are the same person. For each channel and purpose the
 * latest explicit choice (subscribed or unsubscribed) wins over any unconfirmed request or expired
 * consent. Of two statements of the same time the stricter one wins.
 *
 * Commutative and idempotent.
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
