import { durationMs, type Duration } from '../duration';
import type { ComputedTraits } from './computed';

/**
 * The stages of a customer.
 *
 * - `anonymous`: no orders, no user id, no address.
 * - `lead`: a user id or an address, but no orders.
 * - `first order`: one recent order.
 * - `active`: several orders, the last one recent.
 * - `loyal`: at least `loyalOrders` orders, the last one recent.
 * - `at risk`: no order for `atRiskAfter`.
 * - `lapsed`: no order for `lapsedAfter`.
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

/** The thresholds between stages. */
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
  /** When the stage changes without an event; null for never. */
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
