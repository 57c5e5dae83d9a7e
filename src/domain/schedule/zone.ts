import { IANAZone } from 'luxon';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The zone that local times are read in, and whether it is the customer's own. */
export interface ResolvedZone {
  readonly zone: string;
  /** True where the customer's zone is unknown or invalid, so that another one stands in. */
  readonly assumed: boolean;
}

/** @returns `zone`, or `defaultZone` where that is no IANA zone, or UTC where neither is one */
export function resolveZone(zone: string | null | undefined, defaultZone: string): ResolvedZone {
  if (isZone(zone)) return { zone, assumed: false };
  return { zone: isZone(defaultZone) ? defaultZone : 'UTC', assumed: true };
}

/** Names found valid. Each question to Intl takes half a millisecond, and each send asks one. */
const knownZones = new Set<string>();

export function isZone(zone: unknown): zone is string {
  if (typeof zone !== 'string' || zone === '') return false;
  if (knownZones.has(zone)) return true;
  const valid = IANAZone.isValidZone(zone);
  // Invalid names are not remembered: there is no end to them.
  if (valid) knownZones.add(zone);
  return valid;
}

/** Milliseconds that local time is ahead of UTC at a moment. */
export function offsetMs(zone: string, atMs: number): number {
  return IANAZone.create(zone).offset(atMs) * MINUTE_MS;
}

/**
 * A moment's local time, held as if it were UTC, so that plain arithmetic on it is arithmetic on
 * what the customer's clock shows.
 */
export function toWallMs(zone: string, atMs: number): number {
  return atMs + offsetMs(zone, atMs);
}

/**
 * The moment at which the customer's clock shows `wallMs`. A time that happens twice (clocks go
 * back) means its first occurrence. One that never happens (clocks go forward) is read with the
 * offset before the change, so 02:30 becomes 03:30, as in RFC 5545 (3.3.5).
 */
export function fromWallMs(zone: string, wallMs: number): number {
  const before = offsetMs(zone, wallMs - DAY_MS);
  const after = offsetMs(zone, wallMs + DAY_MS);
  const candidates = before > after ? [before, after] : [after, before];
  // The greater offset gives the earlier moment, so the first that fits is the first occurrence.
  for (const offset of candidates) {
    if (offsetMs(zone, wallMs - offset) === offset) return wallMs - offset;
  }
  return wallMs - before;
}
