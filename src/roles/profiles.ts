import type { Services } from '../compose';
import { startProfileProjector, type ProfileProjector } from '../profiles/profile-projector';

/** Keeps profiles and segments up to date; runs beside the relay. */
export function runProjectorOf(services: Services): Promise<ProfileProjector> {
  const { db, ingest, rules, clock, logger } = services;
  return startProfileProjector({ db, ingest, rules, clock, logger });
}
