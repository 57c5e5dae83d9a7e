import { IANAZone } from 'luxon';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The zone in which local times are interpreted. */
export interface ResolvedZone {
  readonly zone: string;
  /** Whether the customer's zone is unknown or invalid, so that a default is used. */
  readonly assumed: boolean;
}

/** @returns the first valid IANA zone of `zone`, `defaultZone` and UTC */
export function resolveZone(zone: string | null | undefined, defaultZone: string): ResolvedZone {
  if (isZone(zone)) return { zone, assumed: false };
  return { zone: isZone(defaultZone) ? defaultZone : 'UTC', assumed: true };
}

/** A cache of valid names: a lookup in Intl takes half a millisecond, and each send needs one. */
const knownZones = new Set<string>();

export function isZone(zone: unknown): zone is string {
  if (typeof zone !== 'string' || zone === '') return false;
  if (knownZones.has(zone)) return true;
  const valid = IANAZone.isValidZone(zone);
  // Invalid names are not cached, since their number is unbounded.
  if (valid) knownZones.add(zone);
  return valid;
}

/** The offset of local time from UTC, in milliseconds. */
export function offsetMs(zone: string, atMs: number): number {
  return IANAZone.create(zone).offset(atMs) * MINUTE_MS;
}

/**
 * Converts a time to local time represented as UTC, so that plain arithmetic works on what the
 * customer's clock shows.
 */
export function toWallMs(zone: string, atMs: number): number {
  return atMs + offsetMs(zone, atMs);
}

/**
 * Converts a local time to the time at which the customer's clock shows it. A local time that
 * occurs twice (clocks go back) means its first occurrence. One that never occurs (clocks go
 * forward) is interpreted with the offset before the change, so 02:30 becomes 03:30, as in RFC 5545
 * (3.3.5).
 */
export function fromWallMs(zone: string, wallMs: number): number {
  const before = offsetMs(zone, wallMs - DAY_MS);
  const after = offsetMs(zone, wallMs + DAY_MS);
  const candidates = before > after ? [before, after] : [after, before];
  // The greater offset gives the earlier time, so the first match is the first occurrence.
  for (const offset of candidates) {
    if (offsetMs(zone, wallMs - offset) === offset) return wallMs - offset;
  }
  return wallMs - before;
}
