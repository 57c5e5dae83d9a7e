import { durationMs, type Duration } from '../duration';
import type { ConsentRecord } from './consent';

/** When consents expire. */
export interface ConsentLifetimes {
  /** How long an unconfirmed request stays pending. */
  readonly pending: Duration;
  /**
   * How long a subscription lasts without activity of the customer; null if it does not expire.
   * Events must be retained at least as long.
   */
  readonly stale: Duration | null;
}

const CONSENT_LIFETIMES: ConsentLifetimes = { pending: '30 days', stale: '730 days' };

export function consentLifetimes(policy: Partial<ConsentLifetimes> | undefined): ConsentLifetimes {
  return { ...CONSENT_LIFETIMES, ...policy };
}

/**
 * Whether a consent has expired: a request that was not confirmed in time, or a subscription of a
 * customer who has been inactive for too long.
 *
 * @param lastActivityAt the time of the customer's last activity; null if there is none
 */
export function hasExpired(
  consent: Pick<ConsentRecord, 'state' | 'at'>,
  lastActivityAt: Date | null,
  lifetimes: ConsentLifetimes,
  now: Date,
): boolean {
  const { state, at } = consent;
  if (state === 'pending') return at.getTime() + durationMs(lifetimes.pending) <= now.getTime();
  if (state !== 'subscribed' || lifetimes.stale === null) return false;
  const activeAt = Math.max(at.getTime(), lastActivityAt?.getTime() ?? 0);
  return activeAt + durationMs(lifetimes.stale) <= now.getTime();
}
