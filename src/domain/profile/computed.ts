import type { ChannelKind } from '../channels/channel-kind';

/** Traits computed from a customer's events. Times are ISO 8601 in UTC; null if unknown. */
export interface ComputedTraits {
  /** The number of orders that were neither cancelled nor refunded in full. */
  readonly orders: number;
  /** The total of those orders in `currency`, less refunds. */
  readonly spend: number;
  /** `spend` divided by the number of orders in `currency`. */
  readonly averageOrder: number | null;
  /** The policy's currency; by default that of most of the customer's orders. */
  readonly currency: string | null;
  /** By ISO 4217 code; `XXX` for orders without a currency. */
  readonly spendByCurrency: Readonly<Record<string, number>>;
  readonly firstOrderAt: string | null;
  readonly lastOrderAt: string | null;
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  /** Events with at most 30 minutes between them belong to one session. */
  readonly sessions: number;
  /** The channel with the most opens and clicks, where a click counts three times. */
  readonly favouriteChannel: ChannelKind | null;
  /** The hour of the day with the most activity, 0 to 23 in the customer's zone. */
  readonly preferredHour: number | null;
}

export type ComputedTrait = keyof ComputedTraits;

/** The device and the place of a customer, from the context of their latest events. */
export interface CustomerContext {
  readonly device: { readonly [name: string]: string } | null;
  readonly place: { readonly [name: string]: string } | null;
  readonly zone: string | null;
  readonly locale: string | null;
}
