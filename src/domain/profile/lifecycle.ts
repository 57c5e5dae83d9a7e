import { durationMs, type Duration } from '../duration';
import type { ComputedTraits } from './computed';

/**
 * How far somebody has come as a customer.
 *
 * - `anonymous`: has ordered nothing, and we know neither a user id nor an address.
 * - `lead`: is known, and has ordered nothing.
 * - `first order`: has ordered once, not long ago.
 * - `active`: has ordered again, and not long ago.
 * - `loyal`: the same with many orders.
 * - `at risk`: has not ordered for some time.
 * - `lapsed`: has not ordered for a long time.
 */
export const LIFECYCLE_STAGES = [
  'anonymous',
  'lead',
  'first order',
  'active',
  'loyal',
  'at risk',
  'lapsed',
] as const;

export type LifecycleStage = (typeof LIFECYCLE_STAGES)[number];

/** When an order is long ago, and how many are many. */
export interface LifecycleLimits {
  /** Default 5. */
  readonly loyalOrders?: number;
  /** Since the last order. Default 90 days. */
  readonly atRiskAfter?: Duration;
  /** Since the last order. Default 180 days. */
  readonly lapsedAfter?: Duration;
}

export interface Lifecycle {
  readonly stage: LifecycleStage;
  /** When the stage changes if nothing happens until then; null for never. */
  readonly until: Date | null;
}

/**
 * @param known whether there is a user id, an e-mail address or a phone number
 */
export function lifecycleOf(
  computed: Pick<ComputedTraits, 'orders' | 'lastOrderAt'>,
  known: boolean,
  limits: LifecycleLimits,
  now: Date,
): Lifecycle {
  const { orders, lastOrderAt } = computed;
  if (orders === 0 || lastOrderAt === null) {
    return { stage: known ? 'lead' : 'anonymous', until: null };
  }
  const last = new Date(lastOrderAt).getTime();
  const atRisk = new Date(last + durationMs(limits.atRiskAfter ?? '90 days'));
  const lapsed = new Date(last + durationMs(limits.lapsedAfter ?? '180 days'));
  if (now >= lapsed) return { stage: 'lapsed', until: null };
  if (now >= atRisk) return { stage: 'at risk', until: lapsed };
  const until = atRisk < lapsed ? atRisk : lapsed;
  if (orders === 1) return { stage: 'first order', until };
  return { stage: orders >= (limits.loyalOrders ?? 5) ? 'loyal' : 'active', until };
}
