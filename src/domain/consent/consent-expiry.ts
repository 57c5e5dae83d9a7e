import { durationMs, type Duration } from '../duration';
import type { ConsentRecord } from './consent';

/** How long consents hold by themselves. */
export interface ConsentLifetimes {
  /** How long a request waits for its confirmation before it counts as never made. */
  readonly pending: Duration;
  /**
   * How long a subscription holds without any sign of life from the customer; null for as long as
   * they do not opt out. Events must be kept at least as long.
   */
  readonly stale: Duration | null;
}

const CONSENT_LIFETIMES: ConsentLifetimes = { pending: '30 days', stale: '730 days' };

export function consentLifetimes(policy: Partial<ConsentLifetimes> | undefined): ConsentLifetimes {
  return { ...CONSENT_LIFETIMES, ...policy };
}

/**
 * Whether a consent has lapsed: asked for and never confirmed, or given long ago by somebody of whom
 * nothing was heard since.
 *
 * @param lastSign the customer's last sign of life, whatever it was; null where there is none
 */
export function hasExpired(
  consent: Pick<ConsentRecord, 'state' | 'at'>,
  lastSign: Date | null,
  lifetimes: ConsentLifetimes,
  now: Date,
): boolean {
  const { state, at } = consent;
  if (state === 'pending') return at.getTime() + durationMs(lifetimes.pending) <= now.getTime();
  if (state !== 'subscribed' || lifetimes.stale === null) return false;
  const heard = Math.max(at.getTime(), lastSign?.getTime() ?? 0);
  return heard + durationMs(lifetimes.stale) <= now.getTime();
}
