import type { Duration } from '../duration';

/**
 * How many messages to one address may come back for now (a full mailbox, a server that is away)
 * before the address counts as dead: `most` within `within`, with none that arrived in between.
 */
export interface SoftBounceRule {
  readonly most: number;
  readonly within: Duration;
}

export const SOFT_BOUNCES: SoftBounceRule = { most: 5, within: '30 days' };
