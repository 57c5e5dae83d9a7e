import type { Services } from '../compose';
import { startProfileFollower, type ProfileFollower } from '../ingest/profiles/follow';

/** Keeps profiles and segments up to date; runs beside the relay. */
export function runFollowerOf(services: Services): Promise<ProfileFollower> {
  const { db, ingest, rules, clock, logger } = services;
  return startProfileFollower({ db, ingest, rules, clock, logger });
}
