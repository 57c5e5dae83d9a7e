import type { ChannelKind } from '../channel-kind';

/** What a customer's events come to. Moments are ISO 8601 in UTC; null where nothing is known. */
export interface ComputedTraits {
  /** Orders that were neither cancelled nor refunded in full. */
  readonly orders: number;
  /** What those orders came to, less refunds, in `currency`. */
  readonly spend: number;
  /** `spend / orders` of the orders in `currency`. */
  readonly averageOrder: number | null;
  /** The shop's currency; where it names none, the one of most of the customer's orders. */
  readonly currency: string | null;
  /** By ISO 4217; `XXX` for orders that named no currency. */
  readonly spendByCurrency: Readonly<Record<string, number>>;
  readonly firstOrderAt: string | null;
  readonly lastOrderAt: string | null;
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  /** Visits: events with less than 30 minutes between them are one. */
  readonly sessions: number;
  /** The channel whose messages they open, and above all click, most. */
  readonly favouriteChannel: ChannelKind | null;
  /** The hour of the day, 0 to 23 in the customer's zone, in which they do most. */
  readonly preferredHour: number | null;
}

export type ComputedTrait = keyof ComputedTraits;

/** Where a customer was met last, as the context of their events tells it. */
export interface CustomerContext {
  readonly device: { readonly [name: string]: string } | null;
  readonly place: { readonly [name: string]: string } | null;
  readonly zone: string | null;
  readonly locale: string | null;
}
