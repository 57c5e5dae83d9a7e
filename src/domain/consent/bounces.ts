import type { Duration } from '../duration';

/**
 * After how many soft bounces (a full mailbox, an unavailable server) an address is suppressed:
 * `most` within `within`, without a successful delivery in between.
 */
export interface SoftBounceRule {
  readonly most: number;
  readonly within: Duration;
}

export const SOFT_BOUNCES: SoftBounceRule = { most: 5, within: '30 days' };
