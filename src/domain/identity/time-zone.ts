/** Zones are few, names that are none may be many; so many answers of each are kept. */
const MAX_KEPT = 2_000;

const kept = new Map<string, string | undefined>();

/**
 * The canonical name of an IANA zone, such as `Europe/Berlin`; undefined where there is no such
 * zone. Asking the platform takes a tenth of a millisecond, so answers are kept.
 */
export function timeZoneNamed(name: string): string | undefined {
  if (kept.has(name)) return kept.get(name);
  const zone = lookUp(name);
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(name, zone);
  return zone;
}

function lookUp(name: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined; // a zone that nobody knows is no zone
  }
}
